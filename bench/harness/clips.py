# SPDX-License-Identifier: Apache-2.0
"""What the cameras send: a moving test picture with noise, encoded once per profile."""
import dataclasses
import subprocess

from . import places


@dataclasses.dataclass(frozen=True)
class Profile:
    name: str
    width: int
    height: int
    fps: int
    bitrate: int  # bit/s
    gop_seconds: int = 2

    @property
    def frames_per_gop(self):
        return self.fps * self.gop_seconds


PROFILES = {p.name: p for p in (
    Profile("1080p15", 1920, 1080, 15, 2_000_000),
    Profile("1080p25", 1920, 1080, 25, 4_000_000),
    Profile("360p10", 640, 360, 10, 256_000),
    Profile("180p10", 320, 180, 10, 128_000, 1),
)}


def clip(profile, seconds=40):
    """The MP4 file of a profile, made when it is not there yet. Ends on a whole GOP."""
    path = places.BUILD / f"{profile.name}-{seconds}s.mp4"
    if path.exists():
        return path
    places.BUILD.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial.mp4")
    source = f"testsrc2=s={profile.width}x{profile.height}:r={profile.fps},noise=alls=8:allf=t"
    subprocess.run([
        "ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", source, "-t", str(seconds),
        "-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency", "-bf", "0",
        "-b:v", str(profile.bitrate), "-maxrate", str(profile.bitrate),
        "-bufsize", str(profile.bitrate),
        "-x264-params", "nal-hrd=cbr:force-cfr=1:sliced-threads=0",
        "-g", str(profile.frames_per_gop), "-keyint_min", str(profile.frames_per_gop),
        "-sc_threshold", "0", "-pix_fmt", "yuv420p", str(partial)],
        check=True, stdin=subprocess.DEVNULL)
    partial.rename(path)
    return path


def repeated(path, times):
    """The clip `times` over in one file, for cameras that do not loop by themselves."""
    out = path.with_name(f"{path.stem}-x{times}.mp4")
    if not out.exists():
        partial = out.with_suffix(".partial.mp4")
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-stream_loop", str(times - 1), "-i",
                        str(path), "-c", "copy", str(partial)], check=True,
                       stdin=subprocess.DEVNULL)
        partial.rename(out)
    return out
