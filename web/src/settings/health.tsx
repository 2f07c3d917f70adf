// SPDX-License-Identifier: Apache-2.0
// What each camera sends at this moment, next to each other.
import { useTranslation } from 'react-i18next';
import { useCameras } from '../api/queries';
import type { Camera, CameraStream } from '../api/types';
import { codecLabel } from '../mp4/codec';
import { useTitle } from '../shell/page';
import { formatBitrate } from '../time/format';
import { CameraState } from './state';

const columns = ['stream', 'codec', 'size', 'rate', 'bitrate'] as const;

export default function Health() {
  const { t } = useTranslation();
  const { cameras } = useCameras();
  useTitle(t('settings.health'));
  return (
    <>
      <h2>{t('settings.health')}</h2>
      {cameras?.length === 0 && <p className="hint">{t('settings.noCameras')}</p>}
      {cameras && cameras.length > 0 && (
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t('storage.camera')}</th>
              {columns.map((column) => (
                <th scope="col" key={column}>
                  {t(`settings.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {cameras.flatMap((camera) =>
              camera.streams.map((stream, i) => (
                <StreamRow
                  key={`${camera.id} ${stream.kind}`}
                  {...{ camera, stream }}
                  first={i === 0}
                />
              )),
            )}
          </tbody>
        </table>
      )}
    </>
  );
}

function StreamRow({
  camera,
  stream,
  first,
}: {
  camera: Camera;
  stream: CameraStream;
  first: boolean;
}) {
  const { t } = useTranslation();
  const cells: Record<(typeof columns)[number], string> = {
    stream: t(`settings.kind.${stream.kind}`),
    codec: stream.codec ? codecLabel(stream.codec) : '–',
    size: stream.width > 0 ? `${stream.width} × ${stream.height}` : '–',
    rate: stream.fps > 0 ? t('inspector.fpsValue', { value: Math.round(stream.fps) }) : '–',
    bitrate: stream.bitrate > 0 ? formatBitrate(stream.bitrate) : '–',
  };
  return (
    <tr data-camera={camera.id}>
      <th scope="row">
        {camera.name} {first && <CameraState camera={camera} />}
      </th>
      {columns.map((column) => (
        <td key={column} data-label={t(`settings.${column}`)}>
          {cells[column]}
        </td>
      ))}
    </tr>
  );
}
