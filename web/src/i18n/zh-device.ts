// SPDX-License-Identifier: Apache-2.0
// What a camera page asks: is this still the same device, and is the camera to go?
export const device = {
  notice: '自 {{since}} 起，{{name}} 的地址上似乎是另一台摄像机在应答。',
  look: '查看',
  title: '自 {{since}} 起，此地址上似乎是另一台摄像机在应答。',
  told: '之前是 {{was}}，现在是 {{is}}。',
  known: '它是已知的“{{name}}”。',
  goesOn:
    '录像照常进行。如果您更换或维修了摄像机，请确认；如果是另一台摄像机占用了地址，请改正地址。',
  confirm: '摄像机没有错',
  correct: '改正地址',
};

export const remove = {
  title: '移除 {{name}}？',
  body: '录像立即停止。已有录像仍留在磁盘上，直到达到此摄像机的保留期限（{{kept}}）后被删除。移除后无法再在此页面观看。',
  confirm: '停止录像并移除',
  cancel: '保留摄像机',
};
