// SPDX-License-Identifier: Apache-2.0
import type { playback as english } from './en-playback';

export const playback: typeof english = {
  label: 'Reproducción',
  play: 'Reproducir (espacio)',
  pause: 'Pausar (espacio)',
  backwards: 'Reproducir hacia atrás (J)',
  frameBack: 'Un fotograma atrás (←)',
  frameOn: 'Un fotograma adelante (→)',
  speed: 'Velocidad: {{rate}}',
  speedTitle: 'Velocidad (J K L)',
  onwards: 'Hacia delante',
  back: 'Hacia atrás',
  skip: 'Saltar el tiempo sin actividad (Q)',
  skipOn: 'Se salta el tiempo sin actividad. Pulse para verlo todo (Q)',
  skipped: 'Saltados {{length}}',
  snapshot: 'Guardar esta imagen (S)',
  full: 'Pantalla completa (F)',
  saving: 'Guardando la imagen de {{name}}…',
  saved: 'Guardada: {{file}}',
  saveWhich: 'Seleccione antes una cámara: haga clic en su imagen.',
  saveNothing:
    'No hay nada grabado de {{name}} en este momento, así que no hay imagen que guardar.',
  saveFailed: 'La imagen no se guardó: {{why}}',
  noAnswer: 'el grabador no responde. Inténtelo cuando vuelva.',
  zoom: 'Ampliada {{factor}} veces. Arrastre para moverla; doble clic o 0 para verla entera.',
  whole: 'Mostrar la imagen entera',
  key: {
    skip: 'Saltar el tiempo sin actividad, o verlo todo',
    snapshot: 'Guardar la imagen de la cámara seleccionada',
    zoom: 'Ampliar la imagen, reducirla, entera',
    wheelZoom: 'Ampliar la imagen en el puntero; arrastrar para moverla',
  },
  ctrlWheel: 'Ctrl y rueda, pellizcar',
};
