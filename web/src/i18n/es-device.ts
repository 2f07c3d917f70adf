// SPDX-License-Identifier: Apache-2.0
// What a camera page asks: is this still the same device, and is the camera to go?
export const device = {
  notice: 'Otra cámara parece responder en la dirección de {{name}} desde {{since}}.',
  look: 'Verlo',
  title: 'Otra cámara parece responder aquí desde {{since}}.',
  told: 'Era {{was}} y ahora es {{is}}.',
  known: 'Se conoce como {{name}}.',
  goesOn:
    'Se graba de todos modos. Si usted cambió o reparó la cámara, confírmelo. Si otra tomó su dirección, corrija la dirección.',
  confirm: 'Es la cámara correcta',
  correct: 'Corregir la dirección',
};

export const remove = {
  title: '¿Quitar {{name}}?',
  body: 'La grabación se detiene ahora. Lo grabado queda en el disco hasta alcanzar el límite de esta cámara, {{kept}}, y entonces se borra. Sin la cámara ya no se puede ver en esta página.',
  confirm: 'Dejar de grabar y quitar',
  cancel: 'Conservar la cámara',
};
