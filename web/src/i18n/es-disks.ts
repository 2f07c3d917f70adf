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
  trouble: {
    missing:
      'Falta el disco de {{path}}: allí no se graba nada. Conéctelo y móntelo; la grabación sigue sola.',
    exchanged:
      '{{path}} no es el disco que estaba antes: allí no se graba nada. Monte el correcto.',
    foreign: '{{path}} pertenece al grabador de otro lugar: allí no se graba nada.',
    in_use:
      'Otro grabador escribe en {{path}}. Deténgalo o use otra carpeta; hasta entonces allí no se graba nada.',
    hung: 'El disco de {{path}} no responde. Lo que llega espera en memoria o va a otro disco. Revise su cable, red o alimentación.',
    quota:
      'La cuota de {{path}} está agotada por lo que no se puede borrar. Levante una retención o dele más espacio.',
    catalog:
      'El catálogo no conoce {{path}} tal como está: allí no se borra nada, y la grabación acaba cuando se llene. Recupere el disco o el catalog.db correctos, o haga de nuevo la lista: vedette fsck --rebuild.',
    damaged:
      'Lo que señala {{path}} como disco de este grabador está dañado: allí no se graba nada. Recupere vedette-volume.json de una copia, o bórrelo: se escribe de nuevo.',
    full: '{{path}} está lleno y nada de lo que hay se puede borrar. Levante una retención, conserve menos o dele más espacio.',
    read_only:
      'El grabador no puede escribir en {{path}}: allí no se graba nada. Permítaselo, o compruebe si el disco está montado solo para lectura.',
    failing:
      'No se puede grabar en {{path}} ({{detail}}). Se vuelve a intentar solo; revise el disco, su cable y su alimentación.',
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
