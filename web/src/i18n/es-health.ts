// SPDX-License-Identifier: Apache-2.0
export const health = {
  camera: 'Cámara',
  stream: 'Flujo',
  bitrate: 'Velocidad',
  loss: 'Perdido, último minuto',
  clock: 'Su reloj',
  lastGap: 'Último hueco',
  allWell_one: 'La cámara está bien.',
  allWell_other: 'Las {{count}} cámaras están bien.',
  someNeed_one: '{{count}} de {{all}} cámaras necesita atención.',
  someNeed_other: '{{count}} de {{all}} cámaras necesitan atención.',
  lostInAll_one: '{{count}} paquete en total',
  lostInAll_other: '{{count}} paquetes en total',
  lossAdvice: 'Revise el cable y la red.',
  lossAdviceUdp: 'Revise el cable y la red, o ponga la cámara en TCP.',
  reconnects_one: 'reconectada {{count}} vez',
  reconnects_other: 'reconectada {{count}} veces',
  inStep: 'en hora',
  behind: '{{length}} atrasado',
  ahead: '{{length}} adelantado',
  dated: 'fechadas por {{source}}, ± {{error}}',
  source: { camera: 'la cámara', arrival: 'su llegada' },
  noClock: 'no lo dice',
  setClock:
    'Demasiado desviado: las imágenes se fechan por su llegada. Ponga en hora la cámara o indíquele un servidor de hora.',
  noGap: 'ninguno',
  lasts: 'hasta ahora',
  show: 'Mostrar ese momento',
  explain:
    'El reloj se compara con el de este grabador; lo que retrasan la cámara y la red no se conoce, de ahí el ±.',
  converting: 'Conversión para navegadores',
  convertingHint:
    'Lo que un navegador no puede descodificar, como H.265, se convierte a H.264 mientras alguien lo ve, y nunca por encima de este límite, para no estorbar la grabación.',
  convertingOff: 'Desactivada: el grabador se inició con --transcode-budget 0.',
  used: 'En uso {{used}} de {{budget}} núcleos del procesador',
  skipped_one: '{{count}} imagen omitida para no pasarse',
  skipped_other: '{{count}} imágenes omitidas para no pasarse',
  refused_one:
    'Una vez no hubo sitio. Aumente --transcode-budget o vea menos cámaras así a la vez.',
  refused_other:
    '{{count}} veces no hubo sitio. Aumente --transcode-budget o vea menos cámaras así a la vez.',
};
