#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Cameras that nobody here wrote: GStreamer's RTSP server plays one file to each mount point.

usage: gst_cameras.py FILE.mp4 COUNT [--codec h264|h265] [--user U --password P] [--pipeline DESC]
Prints "port N" once it listens on a free port of 127.0.0.1; serves /cam0 .. /cam{COUNT-1}. A stream
ends with its file, as when a camera goes away.
"""
import argparse

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402


def require_password(server, factories, user, password):
    """Digest authentication (MD5), the only user being `user`."""
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    token = GstRtspServer.RTSPToken()
    token.set_string(GstRtspServer.RTSP_TOKEN_MEDIA_FACTORY_ROLE, "user")
    auth.add_digest(user, password, token)
    server.set_auth(auth)
    for factory in factories:
        permissions = GstRtspServer.RTSPPermissions()
        permissions.add_permission_for_role("user", "media.factory.access", True)
        permissions.add_permission_for_role("user", "media.factory.construct", True)
        factory.set_permissions(permissions)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("count", type=int)
    parser.add_argument("--codec", default="h264", choices=["h264", "h265"])
    parser.add_argument("--user")
    parser.add_argument("--password")
    parser.add_argument("--pipeline", help="replaces the file pipeline")
    args = parser.parse_args()
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    pipeline = args.pipeline or (
        f"filesrc location={args.file} ! qtdemux ! {args.codec}parse ! "
        f"rtp{args.codec}pay name=pay0 pt=96 config-interval=-1"
    )
    factories = []
    for index in range(args.count):
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(f"( {pipeline} )")
        factory.set_shared(True)
        server.get_mount_points().add_factory(f"/cam{index}", factory)
        factories.append(factory)
    if args.user:
        require_password(server, factories, args.user, args.password)
    server.attach(None)
    print(f"port {server.get_bound_port()}", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
