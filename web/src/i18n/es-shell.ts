// SPDX-License-Identifier: Apache-2.0
export const shell = {
  nav: { watch: 'Ver', exports: 'Exportaciones', settings: 'Ajustes', main: 'Principal' },
  site: { name: 'Este lugar', cameras_one: '{{count}} cámara', cameras_other: '{{count}} cámaras' },
  header: {
    alarms_one: '{{count}} cámara no se graba',
    alarms_other: '{{count}} cámaras no se graban',
    search: 'Ir a hora, cámara, orden',
    add: 'Añadir una cámara',
    keys: 'Teclado',
    preferences: 'Apariencia e idioma',
    theme: 'Apariencia',
    auto: 'Como este equipo',
    dark: 'Oscura',
    light: 'Clara',
    language: 'Idioma',
    skip: 'Saltar a la página',
  },
  link: {
    closed: 'El grabador no responde desde las {{since}}. Lo que se ve es antiguo.',
    retry: 'Se vuelve a intentar solo.',
  },
  notice: {
    overloaded:
      'Este equipo no puede decodificar a tiempo todas las imágenes. Muestre menos o añada a las cámaras un flujo secundario.',
    showFour: 'Mostrar de cuatro en cuatro',
    disk: 'No se puede grabar en {{path}}: {{problem}}.',
    toStorage: 'Qué hacer',
    version: 'Hay una versión nueva.',
    reload: 'Recargar',
    later: 'Más tarde',
  },
  away: {
    title: 'El grabador no responde desde las {{since}}',
    body: 'Compruebe que está en marcha y que este equipo llega a {{host}}. Lo que graba no se ve afectado.',
    retry: 'Esta página lo intenta sola y muestra las imágenes cuando vuelva.',
  },
  noPage: {
    title: 'Aquí no hay nada',
    body: 'Esta dirección no lleva a ninguna parte. Puede ser de otra versión o estar mal escrita.',
    action: 'A las cámaras',
  },
};
