// SPDX-License-Identifier: Apache-2.0
import type { live as en } from './en-live';

export const live: Record<keyof typeof en, string> = {
  asleepTitle: '此页面曾处于休眠',
  budgetTitle: '需要转换的画面过多',
  budgetBody:
    '此浏览器无法显示 H.265，而录像机的转换已达到上限。请关闭另一个此类画面，换用支持 H.265 的浏览器，或提高录像机的 --transcode-budget。',
  listen: '收听 {{name}}',
  mute: '停止收听 {{name}}',
  soundWaiting: '正在等待声音',
  soundSilent: '此摄像机没有声音',
  soundUnsupported: '此浏览器无法播放此摄像机的声音',
  statistics: '在画面上显示数据',
  statLatency: '延迟',
  statFps: '帧率',
  statFpsValue: '{{drawn}} / {{received}} 帧/秒',
  statBitrate: '码率',
  statSize: '尺寸',
  statCodec: '编码',
  statStream: '码流',
  statConverted: '{{codec}}，由 {{from}} 转换',
  main: '主码流',
  sub: '子码流',
};
