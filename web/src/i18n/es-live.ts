// SPDX-License-Identifier: Apache-2.0
import type { live as en } from './en-live';

export const live: Record<keyof typeof en, string> = {
  asleepTitle: 'Esta página estaba dormida',
  budgetTitle: 'Demasiadas imágenes por convertir',
  budgetBody:
    'Este navegador no muestra H.265 y el grabador ya convierte todo lo que puede. Cierre otra imagen de este tipo, use un navegador que reproduzca H.265 o aumente --transcode-budget en el grabador.',
  listen: 'Escuchar {{name}}',
  mute: 'Dejar de escuchar {{name}}',
  soundWaiting: 'Esperando el sonido',
  soundSilent: 'Esta cámara no envía sonido',
  soundUnsupported: 'Este navegador no puede reproducir el sonido de esta cámara',
  statistics: 'Datos sobre las imágenes',
  statLatency: 'Latencia',
  statFps: 'Fotogramas',
  statFpsValue: '{{drawn}} de {{received}}/s',
  statBitrate: 'Tasa de bits',
  statSize: 'Tamaño',
  statCodec: 'Códec',
  statStream: 'Flujo',
  statConverted: '{{codec}}, convertido de {{from}}',
  main: 'principal',
  sub: 'secundario',
};
