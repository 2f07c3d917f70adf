// SPDX-License-Identifier: Apache-2.0
export const shell = {
  nav: { watch: '监看', exports: '导出', settings: '设置', main: '主导航' },
  site: { name: '本站点', cameras_one: '{{count}} 台摄像机', cameras_other: '{{count}} 台摄像机' },
  header: {
    alarms_one: '{{count}} 台摄像机未在录像',
    alarms_other: '{{count}} 台摄像机未在录像',
    search: '跳转到时间、摄像机、命令',
    add: '添加摄像机',
    keys: '键盘',
    preferences: '外观和语言',
    theme: '外观',
    auto: '跟随本机',
    dark: '深色',
    light: '浅色',
    language: '语言',
    skip: '跳到页面内容',
    close: '关闭',
  },
  link: {
    closed: '录像机自 {{since}} 起没有应答，屏幕上的画面已过时。',
    retry: '正在自动重试。',
  },
  notice: {
    overloaded: '这台计算机来不及解码所有画面。请少显示几个，或为摄像机设置子码流。',
    showFour: '一次显示四个',
    diskFull:
      '{{path}} 已满，且其中没有可以删除的内容：不再向其录像。请解除锁定、缩短保留时间，或扩大空间。',
    unsigned:
      '录像未签名：密钥无法使用，原因见录像机日志。问题解决之前，现在录制的内容无法作为证明。',
    keyReplaced:
      '自 {{since}} 起由另一把密钥签名：之前的密钥已丢失或被替换。更早的录像由数据文件夹 keys 中的旧公钥证明。如果备份中有旧的 site.key，请停止录像机，放回后重新启动。',
    understood: '知道了',
    toStorage: '前往磁盘',
    version: '录像机有此页面的新版本。重新加载即可使用，画面所在的时刻不变。',
    reload: '重新加载',
    later: '稍后',
  },
  away: {
    title: '录像机自 {{since}} 起没有应答',
    body: '请检查它是否在运行，以及本机能否访问 {{host}}。这不影响它正在录制的内容。',
    retry: '本页面会自动重试，恢复后将显示画面。',
  },
  noPage: {
    title: '这里什么都没有',
    body: '此地址没有对应的页面。它可能来自其他版本，或输入有误。',
    action: '返回摄像机',
  },
};
