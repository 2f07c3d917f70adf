// SPDX-License-Identifier: Apache-2.0
// The places of the product. What stays while they change is in shell.tsx; every page but Watch is
// loaded when somebody goes there.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { Watch } from '../watch/watch';
import { NoPage } from './no-page';
import { readSearch } from './search';
import { Shell } from './shell';

const rootRoute = createRootRoute({
  validateSearch: readSearch,
  component: Shell,
  notFoundComponent: NoPage,
});

const watchRoute = createRoute({ getParentRoute: () => rootRoute, path: '/', component: Watch });

const exportsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/exports',
  component: lazyRouteComponent(() => import('../exports/page')),
});

const settingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/settings',
  component: lazyRouteComponent(() => import('../settings/frame')),
});
const settingsSections = [
  createRoute({
    getParentRoute: () => settingsRoute,
    path: '/',
    component: lazyRouteComponent(() => import('../settings/frame'), 'FirstSection'),
  }),
  createRoute({
    getParentRoute: () => settingsRoute,
    path: 'cameras',
    component: lazyRouteComponent(() => import('../settings/cameras')),
  }),
  createRoute({
    getParentRoute: () => settingsRoute,
    path: 'storage',
    component: lazyRouteComponent(() => import('../storage/page')),
  }),
  createRoute({
    getParentRoute: () => settingsRoute,
    path: 'health',
    component: lazyRouteComponent(() => import('../settings/health')),
  }),
  createRoute({
    getParentRoute: () => settingsRoute,
    path: 'about',
    component: lazyRouteComponent(() => import('../settings/about')),
  }),
] as const;

/** Where Storage was before it became a section of Settings. */
const oldStorageRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/storage',
  beforeLoad: () => redirect({ to: '/settings/storage', search: true, replace: true, throw: true }),
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    watchRoute,
    exportsRoute,
    settingsRoute.addChildren([...settingsSections]),
    oldStorageRoute,
  ]),
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
