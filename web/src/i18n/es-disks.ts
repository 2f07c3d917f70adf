// SPDX-License-Identifier: Apache-2.0
export const disks = {
  add: 'Añadir un disco',
  folder: 'Carpeta en el grabador',
  addHint:
    'La carpeta debe existir ya, mejor en un disco propio, y el grabador debe poder escribir en ella.',
  needFolder: 'Indique la carpeta: /srv/disk2',
  badFolder: 'Escriba la ruta completa de una carpeta, empezando por /: /srv/disk2',
  plainFolder: 'Escriba la ruta de una carpeta sin //, . ni .. y sin / al final: /srv/disk2',
  fault: {
    missing:
      'No existe la carpeta {{path}}. Monte su disco, cree la carpeta y vuelva a intentarlo.',
    foreign: '{{path}} pertenece al grabador de otro lugar. Elija otra carpeta.',
    twice: 'En el disco de {{path}} ya se graba, con otro nombre. Elija otra carpeta.',
    exchanged:
      '{{path}} no es el disco que estaba antes. ¿Está montado el correcto? No se escribe nada en él.',
    readOnly: 'El grabador no puede escribir en {{path}}. Permítaselo o elija otra carpeta.',
    damaged: 'Lo que señala {{path}} como disco de este grabador está dañado. Elija otra carpeta.',
  },
  addWhole: 'Guardar no borra nada. También se graba en {{path}}, hasta que el disco se llene.',
  addQuota: 'Guardar no borra nada. También se graba en {{path}}, hasta {{size}}.',
  save: 'Grabar aquí',
  remove: 'Dejar de grabar aquí…',
  removeOf: 'Dejar de grabar en {{path}}',
  removeKeeps:
    'Desde entonces no se graba nada nuevo en {{path}}. Los {{size}} que hay permanecen en el disco y se pueden reproducir hasta que llegue su hora.',
  removeEmpty: 'Desde entonces no se graba nada nuevo en {{path}}. No hay grabaciones en él.',
  removeLoses:
    'Deje el disco conectado hasta entonces: sin él esas grabaciones ya no se pueden reproducir.',
  removeSure: 'Dejar de grabar aquí',
  keep: 'Seguir grabando',
  only: 'Es el único disco: sin él no se grabaría nada. Añada otro primero.',
  back: 'Volver',
  again: 'Volver a grabar aquí',
  noRate: 'aún no se sabe',
};
