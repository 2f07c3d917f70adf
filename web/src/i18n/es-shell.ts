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
    close: 'Cerrar',
  },
  link: {
    closed: 'El grabador no responde desde las {{since}}. Lo que se ve es antiguo.',
    retry: 'Se vuelve a intentar solo.',
  },
  notice: {
    overloaded:
      'Este equipo no puede descodificar a tiempo todas las imágenes. Muestre menos o añada a las cámaras un flujo secundario.',
    showFour: 'Mostrar de cuatro en cuatro',
    diskFull:
      '{{path}} está lleno y nada de lo que hay se puede borrar: allí ya no se graba. Levante una retención, conserve menos o dele más espacio.',
    unsigned:
      'Las grabaciones no se firman: la clave no se puede usar, y el registro del grabador dice por qué. Lo que se graba ahora no prueba nada hasta que se arregle.',
    keyReplaced:
      'Otra clave firma las grabaciones desde {{since}}: la anterior faltaba o fue cambiada. Lo más antiguo lo prueba la clave pública anterior, en la carpeta keys de sus datos. Si una copia de seguridad tiene el site.key anterior, detenga el grabador, repóngalo y arranque de nuevo.',
    understood: 'Entendido',
    toStorage: 'Ir a los discos',
    version:
      'El grabador tiene una versión nueva de esta página. Recargue para usarla; el momento en pantalla se conserva.',
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
