// SPDX-License-Identifier: Apache-2.0
// Generated from docs/ref/openapi.yaml.

export interface paths {
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The process answers. Says nothing about cameras or disks. */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Counters for Prometheus, in its text format 0.0.4. */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The server and its disks. */
        get: operations["getStatus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cameras": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every camera with its configuration and state, by creation time. */
        get: operations["listCameras"];
        put?: never;
        /** Adds a camera and starts recording it. */
        post: operations["addCamera"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cameras/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["CameraId"];
            };
            cookie?: never;
        };
        /** One camera. */
        get: operations["getCamera"];
        put?: never;
        post?: never;
        /** Stops recording and forgets the camera. Its recordings stay until retention removes them. */
        delete: operations["removeCamera"];
        options?: never;
        head?: never;
        /**
         * Changes the fields that are given. A URL sent back as it was shown keeps its password.
         * @description `***` in a URL is the password stored for this camera at that user, host and port, also when
         *     the path is another. Elsewhere it is refused: a stored password goes to no other place unless
         *     it is written again. Where both streams are of one user at one host and port, a new password
         *     in `url` is also that of `***` in `sub_url`. Saving a camera as it is has what it refused (a
         *     password, which is otherwise tried again after minutes) tried again at once.
         */
        patch: operations["updateCamera"];
        trace?: never;
    };
    "/api/v1/cameras/{id}/device": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["CameraId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The device that answers at the camera's address is the camera from now on.
         * @description The answer to `other_device`, when a camera was replaced. Changes nothing when there is
         *     nothing to be confirmed. When another camera took the address, correct the address instead.
         */
        post: operations["confirmDevice"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How well every camera sends: loss, bit rate, clock, and its last gap with its cause. */
        get: operations["getHealthOfCameras"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All that is configured, as it can be given back.
         * @description Passwords in URLs are `***`, except on the control socket with `passwords=true`.
         */
        get: operations["getConfig"];
        /**
         * Makes the configuration equal to the body, all of it or nothing.
         * @description Everything is checked before anything is changed; `field` of a refusal is the place in the
         *     body, as `cameras[2].url`. Cameras that do not change go on recording undisturbed. `***` in a
         *     URL is the password stored for that camera at that user, host and port. 409 names the cameras
         *     that are not listed, unless `remove=true`; their recordings stay until retention removes them.
         */
        put: operations["putConfig"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/discovery": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Asks the network for cameras (WS-Discovery) and lists who answers within 2.5 s.
         * @description Nobody is asked for more than what they are. A device is listed at the address that its answer
         *     came from, whatever the answer says. 429 while two searches or probes are under way.
         */
        post: operations["discoverCameras"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/probe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What a camera offers (by its address, over ONVIF), or one stream shows (by its URL).
         * @description Takes up to 12 s. A stream is tried as recording would: DESCRIBE, SETUP, PLAY, until the first
         *     picture. What goes wrong is 422 with one of these codes: `unreachable` (nobody answers),
         *     `wrong_password`, `no_such_path`, `not_rtsp`, `no_onvif` (give the URL of a stream instead),
         *     `unsupported` (codec, transport), `no_picture`. Passwords leave as digests where ONVIF is
         *     spoken, are never sent to another host than the one named, and never come back.
         */
        post: operations["probeCamera"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cameras/{id}/media.mp4": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["CameraId"];
            };
            cookie?: never;
        };
        /**
         * Exactly the recorded GOPs that cover a range, as one fragmented MP4.
         * @description Media time 0 is the moment in `Vedette-Start-Us`; times in the file keep the gaps of real
         *     time. Where the recording changes in a way not every player follows (other parameters such as
         *     another size of the picture, another clock rate, another set of tracks), the file ends early:
         *     `Vedette-End-Us` is where to ask on. Byte ranges are honoured and cost only what they cover;
         *     the size is known without reading. The connection ends early when retention removes a file
         *     while it is being sent.
         *
         *     With `frames=key` only the pictures that need no other, for scrubbing and fast playback: one
         *     fragment of one sample each, in microseconds. A picture lasts until the next one in the file,
         *     or until the recording breaks. After 1000 pictures the file ends early, as above; other
         *     parameters are further sample entries of the same track.
         *
         *     With `video=h264` what was recorded in another codec is converted for a player without it, at most
         *     1280 wide, sound unchanged; every picture keeps its time, and `Vedette-Converted-From` says what
         *     it was. It is made while it is sent: in chunks, without length, ETag or byte ranges, within
         *     `serve --transcode-budget`, of which live pictures come first, and only while somebody reads it.
         *     503 `resource_exhausted` when the budget has no room for it. What is H.264 already is sent as it is.
         */
        get: operations["getMedia"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cameras/{id}/snapshot.jpg": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["CameraId"];
            };
            cookie?: never;
        };
        /** The recorded picture at a moment, or the newest one at most 10 s before it. */
        get: operations["getSnapshot"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/exports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The exports of the last day, newest first. */
        get: operations["listExports"];
        put?: never;
        /**
         * Makes a file of a recorded stretch, in the background.
         * @description One export is made at a time; 16 may wait. A camera that is not configured and of which nothing
         *     is recorded is 404; one that was removed still has its recordings. What is made is kept for a day, or until a restart
         *     of the server. Which files a bundle holds, and how it is verified, is in
         *     docs/design/bundle.md.
         */
        post: operations["addExport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/exports/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["ExportId"];
            };
            cookie?: never;
        };
        /** How far an export is; why it failed. */
        get: operations["getExport"];
        put?: never;
        post?: never;
        /** Cancels an export, or removes one that is done. */
        delete: operations["removeExport"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/exports/{id}/file": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["ExportId"];
            };
            cookie?: never;
        };
        /** What was made. Range works. */
        get: operations["getExportFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was recorded when, what was not and why. */
        get: operations["getTimeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the site must be able to account for. Other kinds answer 501 so far.
         * @description `gap`: what was not recorded, and why; `not_scheduled` where nobody wanted it. `alarm`: each time that nothing had been recorded for
         *     30 s. `deletion`: what retention deleted. `hold`: each time that one was placed or lifted.
         *     `export`: who made a copy of what. All that overlaps the range, in pages: ask again with
         *     `cursor` as `next` said until that is null.
         */
        get: operations["getLedger"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/storage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How full each volume is, what each camera keeps, and what is to be expected. */
        get: operations["getStorage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/storage/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A dry run: what retention would delete, and why. Deletes nothing. */
        get: operations["getStoragePlan"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/volumes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where is recorded to, and with which limits, as configured. */
        get: operations["listVolumes"];
        /**
         * Adds a volume, or gives the one at this path these limits, while recording goes on.
         * @description The folder must be there. A limit that is absent or null is none. A smaller quota deletes what is
         *     above it within seconds: /api/v1/storage/plan says before what that is.
         */
        put: operations["putVolume"];
        post?: never;
        /** Nothing new is recorded there; what lies there stays visible until its time comes. */
        delete: operations["removeVolume"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/holds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What nothing deletes until the hold is lifted, by when it was placed. */
        get: operations["listHolds"];
        put?: never;
        /** Keeps a stretch of a camera from deletion, from the answer on. */
        post: operations["placeHold"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/holds/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["CameraId"];
            };
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Lets go what it held; retention deletes it when its time comes. */
        delete: operations["liftHold"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/layouts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which pictures stand where, under a name; for everybody who uses this site. */
        get: operations["listLayouts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/layouts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["CameraId"];
            };
            cookie?: never;
        };
        get?: never;
        /** Saves a layout, or replaces the one of this id. 64 at most. */
        put: operations["putLayout"];
        post?: never;
        /** Forgets a layout. Cameras and recordings stay. */
        delete: operations["removeLayout"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fsck": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The check of the archive that runs, or ran last since the server started. */
        get: operations["getFsck"];
        put?: never;
        /**
         * Holds catalog and recordings to each other, or makes the catalog anew from the recordings.
         * @description Recording goes on meanwhile. Nothing on a volume is changed.
         */
        post: operations["startFsck"];
        /** Ends it soon; what it has restored so far stays. */
        delete: operations["cancelFsck"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Upgrades to the WebSocket of docs/ref/live.md, one per page. */
        get: operations["openLive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The page and its files. A path that does not end like a file gives index.html. */
        get: operations["getPage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Discovery: {
            devices: {
                /** @description What to give to a probe. */
                address: string;
                host: string;
                name: string | null;
                hardware: string | null;
                location: string | null;
                /**
                 * @description Ids of cameras that are recorded from this host already. Empty where several devices
                 *     share a host: the probe of each tells.
                 */
                cameras: string[];
            }[];
            /** @description On which the question went out. */
            interfaces: {
                name: string;
                address: string;
            }[];
            /** @description False when nobody beyond this machine was asked. */
            network: boolean;
        };
        /** @description Either `url` or `address`. */
        Probe: {
            /**
             * @description rtsp:// or rtsps://, of a stream. `***` is the password that is stored for a camera at
             *     that user, host and port.
             */
            url?: string;
            /** @description Whose password that is; any such camera's when absent. */
            camera?: string;
            /** @description A host, host and port, or an address as discovery lists it. */
            address?: string;
            /** @description Takes the place of the one in `url`. */
            user?: string;
            password?: string;
        };
        Offer: {
            /** @description Null for a probe by URL. */
            device: null | {
                manufacturer: string | null;
                model: string | null;
                firmware: string | null;
                /** @description The device's UTC minus ours, to a second. Null when it does not say. */
                clock_offset_us: number | null;
            };
            /** @description One, or one per channel of a recorder. */
            cameras: {
                /** @description A proposal. */
                name: string;
                /** @description The id under which it is recorded already. */
                camera: string | null;
                /** @description Main first; sub where there is one. */
                streams: {
                    /** @enum {string} */
                    kind: "main" | "sub";
                    /** @description Without user and password. */
                    url: string;
                    codec: string;
                    width: number;
                    height: number;
                    /** @description 0 when not known. */
                    fps: number;
                    /** @description Its codec. */
                    audio: string | null;
                }[];
                /** @description Of a probe by URL, the first picture as a data URL. */
                snapshot: string | null;
            }[];
        };
        Fsck: {
            running: boolean;
            rebuild: boolean;
            quick: boolean;
            started_us: number | null;
            progress: {
                files: number;
                /** @description As many as the catalog has; 0 is unknown. */
                of_files: number;
                fragments: number;
                bytes: number;
            };
            report: components["schemas"]["FsckReport"] | null;
        };
        FsckReport: {
            /** @description It ended and found no problem. */
            clean: boolean;
            cancelled: boolean;
            /** @description Why it could not be carried out. */
            error: string | null;
            /** @description Findings that are no notes. */
            problems: number;
            /** @description By kind. */
            counts: {
                [key: string]: number;
            };
            /** @description The first 1000. */
            findings: {
                /** @description The kinds are listed in docs/guide/fsck.md. */
                kind: string;
                /** @description A remark */
                note: boolean;
                path: string;
                detail: string;
                /** @description What it means and what to do. */
                meaning: string;
            }[];
            findings_left_off: number;
            files: number;
            fragments: number;
            bytes: number;
            hashed_bytes: number;
            restored_files: number;
            restored_fragments: number;
            restored_gaps: number;
            /** @description Entries of files that are no longer there. */
            dropped_rows: number;
            /** @description Retention works on them again. */
            rebuilt_volumes: string[];
            elapsed_us: number;
        };
        Id: string;
        /** @enum {string} */
        StreamKind: "main" | "sub";
        /** Format: int64 */
        TimeUs: number;
        Health: {
            /** @constant */
            status: "ok";
        };
        /** Format: int64 */
        Bytes: number;
        /**
         * @description What a sentence about a volume says, for programs: its disk is missing, another one is
         *     mounted there, it is another site's, another recorder writes to it, it does not answer, its
         *     quota is used up by what is held, the catalog is not the one that knows it, what marks it is
         *     damaged, it is full, may not be written to, or fails otherwise. null when all is well.
         * @enum {string|null}
         */
        TroubleCode: "missing" | "exchanged" | "foreign" | "in_use" | "hung" | "quota" | "catalog" | "damaged" | "full" | "read_only" | "failing" | null;
        Volume: {
            /** @description null when it could not be read. */
            id: string | null;
            path: string;
            total_bytes: components["schemas"]["Bytes"];
            free_bytes: components["schemas"]["Bytes"];
            /**
             * Format: int64
             * @description By recordings.
             */
            used_bytes: number;
            /** @description Why nothing is written to it; null when all is well. */
            problem: string | null;
            problem_code: components["schemas"]["TroubleCode"];
            /**
             * Format: int64
             * @description Recordings stay below.
             */
            quota_bytes: number | null;
            /** @description Kept free on the disk. */
            reserve_bytes: components["schemas"]["Bytes"];
            /** @description Somebody has set this reserve; otherwise it is 5 % but at most 1 GiB. */
            reserve_set: boolean;
            /** @description Set aside for files that are being written; counts towards the quota. */
            reserved_bytes: components["schemas"]["Bytes"];
            /** @description Written at present. */
            bytes_per_day: number;
            /** @description Why nothing is deleted here, and what to do; null when retention works. */
            cleaning_off: string | null;
            cleaning_off_code: components["schemas"]["TroubleCode"];
            /**
             * @description Why the signed ledger on it cannot be written; recording goes on, and nothing is deleted
             *     until it can be. null when all is well.
             */
            ledger_problem: string | null;
            ledger_problem_code: components["schemas"]["TroubleCode"];
            /** @description Recording moves to another volume. */
            full: boolean;
            /** @description Nothing new is recorded here; what is here stays until its time comes. */
            removed: boolean;
            /**
             * Format: int64
             * @description When a camera was last taken below what it keeps at least, because recording would have
             *     stopped otherwise; since the start of the server.
             */
            below_minimum_us: number | null;
        };
        Status: {
            version: string;
            /**
             * @description SHA-256 of the key that signs recordings and bundles: what `vedette verify --key` takes.
             *     null when nothing is signed.
             */
            key_fingerprint: string | null;
            /** @description Why nothing is signed, and what to do; null when recordings are signed. */
            key_problem: string | null;
            /**
             * Format: int64
             * @description When another key took the place of the one that signed before, because that was gone or
             *     exchanged; null when it was not, and again once the old one is back. What was recorded
             *     before is proven by the old public key, which stays in DIR/keys.
             */
            key_replaced_us: number | null;
            started_us: components["schemas"]["TimeUs"];
            now_us: components["schemas"]["TimeUs"];
            cameras: number;
            /**
             * @description Cameras of which nothing has been recorded for 30 s or more, and those at whose address
             *     another device seems to answer (cause `other_device`); a camera may be both.
             */
            alarms: {
                camera: components["schemas"]["Id"];
                since_us: components["schemas"]["TimeUs"];
                cause: string | null;
                message: string | null;
            }[];
            /** @description Of the schedules, as it is now. */
            time_zone: {
                name: string;
                /** Format: int64 */
                utc_offset_us: number;
            };
            /** @description What is converted for pages that cannot decode what a camera sends. */
            transcoding: {
                /** @description 0 when nothing is converted. */
                budget_cores: number;
                used_cores: number;
                /** @description How often it had no room, since the start of the server. */
                refused: number;
                recordings: {
                    /** @description At present. */
                    requests: number;
                    cores: number;
                    /** @description Since the start of the server. */
                    pictures: number;
                };
                streams: {
                    camera: components["schemas"]["Id"];
                    stream: components["schemas"]["StreamKind"];
                    cores: number;
                    pictures: number;
                    /** @description Left out for the budget. */
                    skipped: number;
                }[];
            };
            volumes: components["schemas"]["Volume"][];
        };
        CamerasHealth: {
            now_us: components["schemas"]["TimeUs"];
            cameras: {
                camera: components["schemas"]["Id"];
                name: string;
                state: components["schemas"]["CameraState"];
                since_us: components["schemas"]["TimeUs"];
                cause: string | null;
                message: string | null;
                alarm: boolean;
                streams: components["schemas"]["StreamHealth"][];
                /**
                 * @description Of the main stream; null when there is none. Waiting for the first picture counts only
                 *     while it lasts.
                 */
                last_gap: components["schemas"]["Gap"] | null;
            }[];
        };
        /** @description As Stream, with what was lost since the camera was added or the server started. */
        StreamHealth: {
            kind: components["schemas"]["StreamKind"];
            state: components["schemas"]["CameraState"];
            /** @enum {string|null} */
            codec: "h264" | "h265" | null;
            width: number;
            height: number;
            fps: number;
            /** Format: int64 */
            bitrate: number;
            /** @enum {string|null} */
            audio: "opus" | "aac" | null;
            packets: number;
            lost_packets: number;
            /** @description Share of the packets of the last minute, 0 to 1; null when none were expected. */
            loss: number | null;
            /** @description Pictures that came but could not be recorded, for what they build on was lost. */
            lost_frames: number;
            reconnects: number;
            /** @description How well the moments of its pictures are known; null without pictures. */
            time: null | {
                /**
                 * @description The camera's clock, or when the pictures arrived.
                 * @enum {string}
                 */
                source: "camera" | "arrival";
                /** @description They are right to within. */
                error_us: number;
                /** @description null when the camera does not say what it takes the time for. */
                camera_clock: null | {
                    /**
                     * Format: int64
                     * @description The camera's UTC minus ours.
                     */
                    offset_us: number;
                    /** @description That is right to within. */
                    error_us: number;
                    /** @description False when it is more than 2 s off; pictures are then dated by arrival. */
                    believed: boolean;
                };
            };
        };
        /**
         * @description What is kept; null, or absent when writing, means no such limit. At most: older or more than
         *     that is deleted. At least: not deleted to make room for others, nor because of max_bytes,
         *     unless nothing could be recorded otherwise.
         */
        Retention: {
            /** Format: int64 */
            max_age_us?: number | null;
            /** Format: int64 */
            max_bytes?: number | null;
            /** Format: int64 */
            min_age_us?: number | null;
            /** Format: int64 */
            min_bytes?: number | null;
        };
        Stream: {
            kind: components["schemas"]["StreamKind"];
            state: components["schemas"]["CameraState"];
            /**
             * @description null until the stream has been seen once.
             * @enum {string|null}
             */
            codec: "h264" | "h265" | null;
            width: number;
            height: number;
            fps: number;
            /**
             * Format: int64
             * @description Bit/s over the last seconds.
             */
            bitrate: number;
            /** @enum {string|null} */
            audio: "opus" | "aac" | null;
        };
        /**
         * @description not_recording: pictures arrive, but the disks refuse them. not_scheduled: nobody wants them
         *     recorded now.
         * @enum {string}
         */
        CameraState: "recording" | "not_recording" | "not_scheduled" | "connecting" | "down";
        /**
         * @description Why there is no picture; new ones may be added.
         * @example unreachable
         * @example unauthenticated
         * @example weaker_login
         * @example not_a_camera
         * @example unsupported
         * @example stalled
         * @example bad_stream
         */
        Cause: string;
        Camera: {
            id: components["schemas"]["Id"];
            name: string;
            url: string;
            sub_url: string | null;
            /** @enum {string} */
            transport: "tcp" | "udp";
            state: components["schemas"]["CameraState"];
            /** @description When the state last changed. */
            since_us: components["schemas"]["TimeUs"];
            cause: components["schemas"]["Cause"] | null;
            /** @description One line for a person; null while all is well. */
            message: string | null;
            /**
             * Format: int64
             * @description End of the newest recording.
             */
            last_fragment_us: number | null;
            /** @description Nothing has been recorded for 30 s or more. */
            alarm: boolean;
            /**
             * Format: int64
             * @description While alarm is true, the end of what is recorded.
             */
            silent_since_us: number | null;
            retention: components["schemas"]["KeptRetention"];
            /** @description False when recording is switched off. */
            record: boolean;
            /** @description The hours in which it is recorded; null for day and night. */
            schedule: components["schemas"]["Schedule"] | null;
            /** @description Null while the device that answers is the one that is known, or nothing tells. */
            other_device: components["schemas"]["OtherDevice"] | null;
            streams: components["schemas"]["Stream"][];
        };
        /**
         * @description Another device than before seems to answer at the camera's address, by its network card or by
         *     what it calls itself. It is recorded all the same until a person confirms it or corrects the
         *     address.
         */
        OtherDevice: {
            since_us: components["schemas"]["TimeUs"];
            /** @description A hardware address, or the name by which it asked for a password or served. */
            was: string;
            is: string;
            /** @description The id of the camera that this device is known as. */
            looks_like: string | null;
            message: string;
        };
        Configuration: {
            /** @description Each with its id, none twice. */
            cameras: components["schemas"]["NewCamera"][];
            layouts: components["schemas"]["NewLayout"][];
            /** @description Where is recorded to; left out, that stays as it is. */
            volumes?: components["schemas"]["VolumeLimits"][];
        };
        VolumeLimits: {
            /** @description The path of a folder, or a name in the data folder. */
            path: string;
            /**
             * Format: int64
             * @description Recordings stay below; null for no such limit.
             */
            quota_bytes?: number | null;
            /**
             * Format: int64
             * @description Kept free on the disk; null for 5 % but at most 1 GiB.
             */
            reserve_bytes?: number | null;
        };
        ChangedPaths: {
            added: string[];
            changed: string[];
            removed: string[];
        };
        ChangedIds: {
            added: components["schemas"]["Id"][];
            changed: components["schemas"]["Id"][];
            removed: components["schemas"]["Id"][];
        };
        ConfigChanges: {
            cameras: components["schemas"]["ChangedIds"];
            layouts: components["schemas"]["ChangedIds"];
            volumes?: components["schemas"]["ChangedPaths"];
        };
        NewCamera: {
            /** @description Made from the name when absent. Never changes afterwards. */
            id?: components["schemas"]["Id"];
            name: string;
            url: string;
            sub_url?: string | null;
            /**
             * @default tcp
             * @enum {string}
             */
            transport?: "tcp" | "udp";
            retention?: components["schemas"]["Retention"];
            /** @description True when absent from a new camera. */
            record?: boolean;
            /** @description null for day and night. */
            schedule?: components["schemas"]["Schedule"] | null;
        };
        CameraPatch: {
            name?: string;
            url?: string;
            sub_url?: string | null;
            /** @enum {string} */
            transport?: "tcp" | "udp";
            retention?: components["schemas"]["Retention"];
            /** @description True when absent from a new camera. */
            record?: boolean;
            /** @description null for day and night. */
            schedule?: components["schemas"]["Schedule"] | null;
        };
        /**
         * @description Days and hours, as the clocks of the recorder's time zone show them. Where the end is not
         *     later than the begin, the hours reach into the next day. An hour that a change of clocks
         *     repeats is recorded both times.
         * @example [
         *       "mon-fri 08:00-18:00",
         *       "sat,sun 22:00-06:00"
         *     ]
         */
        Schedule: string[];
        Span: {
            start_us: components["schemas"]["TimeUs"];
            end_us: components["schemas"]["TimeUs"];
            stream: components["schemas"]["StreamKind"];
        };
        Gap: {
            start_us: components["schemas"]["TimeUs"];
            /** @description Of a gap that lasts, now. */
            end_us: components["schemas"]["TimeUs"];
            /** @description It lasts. */
            open: boolean;
            stream: components["schemas"]["StreamKind"];
            cause: string;
            detail: string;
            /**
             * @description How many gaps this stands for: the short ones of a bucket are told as one, from the first to
             *     the last of them, with the cause of the longest. Absent: one.
             */
            count?: number;
            /**
             * Format: int64
             * @description How long nothing was recorded in all of them together. With `count` only.
             */
            missing_us?: number;
        };
        Timeline: {
            from_us: components["schemas"]["TimeUs"];
            to_us: components["schemas"]["TimeUs"];
            cameras: {
                camera: components["schemas"]["Id"];
                /** @description Clipped to the range. */
                spans: components["schemas"]["Span"][];
                /** @description Those that overlap the range, not clipped. */
                gaps: components["schemas"]["Gap"][];
                /** @description Where nobody wanted a recording, clipped to the range: neither recorded nor a gap. */
                unscheduled: components["schemas"]["Span"][];
                /**
                 * @description Per class one amount per bucket; empty without `buckets`. `motion`: how much changed in the
                 *     picture, 0 quiet to 100, against the camera's own quiet level, the most of each bucket; null
                 *     where nothing is recorded or it was not measured. Taken from the sizes of pictures and their
                 *     QP: rain and a light that is switched on count too. `motion_mean`: of a bucket that is several
                 *     cells long (5 s, 1 min, 15 min or 6 h; whole ones, at most 64) the mean of what each cell has
                 *     most, which tells busy days from quiet nights where a moment of movement is in every bucket;
                 *     absent for shorter ones.
                 */
                activity: {
                    [key: string]: (number | null)[];
                };
            }[];
        };
        /** @description As Retention, with every field. */
        KeptRetention: {
            /** Format: int64 */
            max_age_us: number | null;
            /** Format: int64 */
            max_bytes: number | null;
            /** Format: int64 */
            min_age_us: number | null;
            /** Format: int64 */
            min_bytes: number | null;
        };
        Deletion: {
            camera: components["schemas"]["Id"];
            stream: components["schemas"]["StreamKind"];
            start_us: components["schemas"]["TimeUs"];
            end_us: components["schemas"]["TimeUs"];
            bytes: components["schemas"]["Bytes"];
            /** @description Its id. */
            volume: string;
            /** @description Below the volume's folder. */
            path: string;
            /**
             * @description max_age, max_bytes: the camera's own limits. quota, reserve: room for what is recorded now.
             * @enum {string}
             */
            reason: "max_age" | "max_bytes" | "quota" | "reserve";
            /** @description The camera keeps less than asked, because recording would have stopped otherwise. */
            below_minimum: boolean;
        };
        Hold: {
            id: components["schemas"]["Id"];
            camera: components["schemas"]["Id"];
            from_us: components["schemas"]["TimeUs"];
            to_us: components["schemas"]["TimeUs"];
            reason: string;
            by: string;
            placed_us: components["schemas"]["TimeUs"];
        };
        NewHold: {
            camera: components["schemas"]["Id"];
            /**
             * Format: int64
             * @description Inclusive.
             */
            from_us: number;
            /**
             * Format: int64
             * @description Exclusive.
             */
            to_us: number;
            reason: string;
            /** @description Who places it; owner when absent. */
            by?: string;
        };
        Storage: {
            now_us: components["schemas"]["TimeUs"];
            volumes: (components["schemas"]["Volume"] & components["schemas"]["VolumeForecast"])[];
            /** @description Those that were removed too, as long as there are recordings of them. */
            cameras: components["schemas"]["CameraStorage"][];
            holds: (components["schemas"]["Hold"] & {
                /**
                 * Format: int64
                 * @description Of the recordings that it holds.
                 */
                bytes: number;
            })[];
        };
        VolumeForecast: {
            /**
             * @description full: the oldest recordings make room. fills: it will be full. never: what all cameras may
             *     keep fits, at this rate. idle: nothing is written to it. unknown: recording has just begun,
             *     and no rate is known yet.
             * @enum {string}
             */
            outlook: "full" | "fills" | "never" | "idle" | "unknown";
            /**
             * Format: int64
             * @description 0 when it is full; null when `outlook` is never, idle or unknown.
             */
            full_in_us: number | null;
        };
        CameraStorage: {
            camera: components["schemas"]["Id"];
            bytes: components["schemas"]["Bytes"];
            files: number;
            /** @description As measured over the last day; 0 while its first file is open. */
            bytes_per_day: number;
            /**
             * Format: int64
             * @description Begin of its oldest recording.
             */
            oldest_us: number | null;
            retention: components["schemas"]["KeptRetention"];
            /**
             * Format: int64
             * @description What was asked for: at least, else at most; a size counts as the time it takes to record.
             */
            asked_us: number | null;
            /**
             * Format: int64
             * @description How far back it will reach once the volumes are full; null when unknown.
             */
            keeps_us: number | null;
            /** @description Of the main stream; today is in UTC. */
            gaps_today: number;
            /** Format: int64 */
            gap_us_today: number;
        };
        StoragePlan: {
            /** Format: int64 */
            ahead_us: number;
            files: number;
            bytes: components["schemas"]["Bytes"];
            /** @description False when there are more than could be planned at once. */
            complete: boolean;
            /**
             * Format: int64
             * @description End of the newest recording that would go; null when none would.
             */
            newest_us: number | null;
            /** @description Of the volume in `volume`, with these limits; null without one. */
            forecast: components["schemas"]["VolumeForecast"] | null;
            /** @description Of all that would go, by camera id. */
            cameras: {
                camera: string;
                files: number;
                bytes: components["schemas"]["Bytes"];
                /**
                 * Format: int64
                 * @description Begin of the oldest.
                 */
                oldest_us: number;
                /**
                 * Format: int64
                 * @description End of the newest.
                 */
                newest_us: number;
                /** @description It is taken below what it keeps at least. */
                below_minimum: boolean;
                reasons: ("max_age" | "max_bytes" | "quota" | "reserve")[];
            }[];
            deletions: components["schemas"]["Deletion"][];
        };
        Ledger: {
            /** @description The cursor of the next page; null when this is the last one. */
            next: string | null;
            /**
             * @description Volumes, or files of their ledgers, that could not be read: what they know of holds or
             *     exports is not among `entries`. Absent when there are none.
             */
            unread?: {
                path: string;
                reason: string;
            }[];
            entries: (components["schemas"]["GapEntry"] | components["schemas"]["AlarmEntry"] | components["schemas"]["DeletionEntry"] | components["schemas"]["HoldEntry"] | components["schemas"]["ExportEntry"])[];
        };
        HoldEntry: {
            /** @constant */
            kind: "hold";
            /** @description null when it is about all of them. */
            camera: string | null;
            at_us: components["schemas"]["TimeUs"];
            /** @description Who did it. */
            by: string;
            /** @description Why. */
            detail: string;
            /** @description Its id. */
            hold: string;
            /** @enum {string} */
            event: "placed" | "lifted";
            from_us: components["schemas"]["TimeUs"];
            to_us: components["schemas"]["TimeUs"];
        };
        ExportEntry: {
            /** @constant */
            kind: "export";
            camera: components["schemas"]["Id"];
            stream: components["schemas"]["StreamKind"];
            at_us: components["schemas"]["TimeUs"];
            /** @description Who the server took the caller for. */
            by: string;
            /** @description Its form, and who that is, as the caller said. */
            detail: string;
            from_us: components["schemas"]["TimeUs"];
            to_us: components["schemas"]["TimeUs"];
        };
        GapEntry: {
            /** @constant */
            kind: "gap";
            camera: components["schemas"]["Id"];
            stream: components["schemas"]["StreamKind"];
            start_us: components["schemas"]["TimeUs"];
            /** @description Of a gap that lasts, now. */
            end_us: components["schemas"]["TimeUs"];
            open: boolean;
            cause: string;
            detail: string;
            first_seen_us: components["schemas"]["TimeUs"];
            /**
             * Format: int64
             * @description When it raised the alarm; null if it did not.
             */
            alarm_us: number | null;
        };
        AlarmEntry: {
            /** @constant */
            kind: "alarm";
            camera: components["schemas"]["Id"];
            stream: components["schemas"]["StreamKind"];
            at_us: components["schemas"]["TimeUs"];
            /** @description Begin of the gap. */
            since_us: components["schemas"]["TimeUs"];
            /**
             * Format: int64
             * @description null while it lasts.
             */
            cleared_us: number | null;
            cause: string;
            detail: string;
        };
        DeletionEntry: components["schemas"]["Deletion"] & {
            /** @constant */
            kind: "deletion";
            /** @description When it was decided. */
            at_us: components["schemas"]["TimeUs"];
        };
        NewExport: {
            camera: components["schemas"]["Id"];
            /** @description main when absent. */
            stream?: components["schemas"]["StreamKind"];
            /**
             * Format: int64
             * @description Inclusive.
             */
            from_us: number;
            /**
             * Format: int64
             * @description Exclusive; at most 7 days later.
             */
            to_us: number;
            /**
             * @description A plain MP4, or a ZIP with the MP4, the original fragments and what proves them.
             * @default mp4
             * @enum {string}
             */
            form?: "mp4" | "bundle";
            /** @description Who asks, in their own words; stands in the bundle as said, not as proven. */
            operator?: string | null;
        };
        /**
         * @description auto: as many columns as make the pictures largest. focus: the first is large, the others
         *     around it. Else so many across and down, more of them on further pages.
         * @enum {string}
         */
        LayoutGrid: "auto" | "focus" | "2x2" | "3x3" | "4x4";
        LayoutTile: {
            /** @description One that is gone may stay; the page says so in its place. */
            camera: components["schemas"]["Id"];
            /** @description So many cells across and down. */
            size?: number;
        };
        NewLayout: {
            id?: components["schemas"]["Id"];
            name: string;
            grid?: components["schemas"]["LayoutGrid"];
            /** @description In the order in which they are placed; no camera twice. */
            tiles?: components["schemas"]["LayoutTile"][];
        };
        Layout: {
            id: components["schemas"]["Id"];
            name: string;
            grid: components["schemas"]["LayoutGrid"];
            tiles: components["schemas"]["LayoutTile"][];
        };
        Export: {
            id: string;
            camera: components["schemas"]["Id"];
            stream: components["schemas"]["StreamKind"];
            from_us: components["schemas"]["TimeUs"];
            to_us: components["schemas"]["TimeUs"];
            /** @enum {string} */
            form: "mp4" | "bundle";
            operator: string | null;
            /** @enum {string} */
            state: "queued" | "running" | "done" | "failed";
            created_us: components["schemas"]["TimeUs"];
            expires_us: components["schemas"]["TimeUs"];
            /** Format: int64 */
            done_bytes: number;
            /**
             * Format: int64
             * @description About; null until it is known.
             */
            total_bytes: number | null;
            /**
             * Format: int64
             * @description Of the file; null until it is done.
             */
            size: number | null;
            /** @description Where the file is; null until it is done. */
            file: string | null;
            /** @description Why it failed. */
            error: null | {
                code: string;
                detail: string;
            };
        };
        Problem: {
            type: string;
            title: string;
            status: number;
            code: string;
            detail: string;
            /**
             * @description The member of the request's body that is wrong, where it is one; within a list by its place,
             *     `cameras[0].url`.
             */
            field?: string;
        };
    };
    responses: {
        /** @description What went wrong and what to do next. */
        Problem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Not Found",
                 *       "status": 404,
                 *       "code": "not_found",
                 *       "detail": "There is no camera \"gate\". GET /api/v1/cameras lists them."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description An MP4, or a bundle. */
        ExportFile: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "video/mp4": string;
                "application/zip": string;
            };
        };
        /** @description A fragmented MP4. */
        Media: {
            headers: {
                /** @description UTC of media time 0. */
                "Vedette-Start-Us"?: number;
                /** @description UTC of the end of the last fragment. */
                "Vedette-End-Us"?: number;
                /** @description The codec of the recording, as RFC 6381 names it; only of what was converted. */
                "Vedette-Converted-From"?: string;
                [name: string]: unknown;
            };
            content: {
                "video/mp4": string;
            };
        };
    };
    parameters: {
        CameraId: components["schemas"]["Id"];
        ExportId: string;
        /** @description Inclusive. */
        FromUs: number;
        /** @description Exclusive; later than from_us. At most 24 h later for media.mp4. */
        ToUs: number;
        /** @description main when absent. */
        Stream: components["schemas"]["StreamKind"];
        /**
         * @description What the caller may see by default when absent, which is clear for the local owner. What is
         *     asked for is given or refused (403; 501 for redacted until it exists), never replaced.
         */
        Rendition: "clear" | "redacted";
    };
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ok"
                     *     }
                     */
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Each stream's state, traffic, losses, recording and memory; requests and viewers. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getStatus: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As of now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "version": "0.1.0",
                     *       "key_fingerprint": "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29",
                     *       "key_problem": null,
                     *       "key_replaced_us": null,
                     *       "started_us": 1795356207200000,
                     *       "now_us": 1795356307200000,
                     *       "cameras": 2,
                     *       "alarms": [],
                     *       "time_zone": {
                     *         "name": "CET",
                     *         "utc_offset_us": 3600000000
                     *       },
                     *       "transcoding": {
                     *         "budget_cores": 0.5,
                     *         "used_cores": 0,
                     *         "refused": 0,
                     *         "recordings": {
                     *           "requests": 0,
                     *           "cores": 0,
                     *           "pictures": 0
                     *         },
                     *         "streams": []
                     *       },
                     *       "volumes": [
                     *         {
                     *           "id": "8d5b9a7c01f2e3d4",
                     *           "path": "/srv/video",
                     *           "total_bytes": 1000204886016,
                     *           "free_bytes": 400204886016,
                     *           "used_bytes": 559204886016,
                     *           "problem": null,
                     *           "problem_code": null,
                     *           "cleaning_off_code": null,
                     *           "ledger_problem_code": null,
                     *           "quota_bytes": null,
                     *           "reserve_bytes": 1073741824,
                     *           "reserve_set": false,
                     *           "reserved_bytes": 157286400,
                     *           "bytes_per_day": 43200000000,
                     *           "cleaning_off": null,
                     *           "ledger_problem": null,
                     *           "full": false,
                     *           "removed": false,
                     *           "below_minimum_us": null
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Status"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    listCameras: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Passwords in URLs are replaced by `***`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": "door",
                     *         "name": "Door",
                     *         "url": "rtsp://viewer:***@192.168.1.20/stream1",
                     *         "sub_url": null,
                     *         "transport": "tcp",
                     *         "state": "down",
                     *         "since_us": 1795338720000000,
                     *         "cause": "unreachable",
                     *         "message": "No picture since 09:12: the camera does not answer at 192.168.1.20. Check its power, or change the address.",
                     *         "last_fragment_us": 1795338719800000,
                     *         "alarm": true,
                     *         "silent_since_us": 1795338719800000,
                     *         "retention": {
                     *           "max_age_us": 1209600000000,
                     *           "max_bytes": null,
                     *           "min_age_us": null,
                     *           "min_bytes": null
                     *         },
                     *         "record": true,
                     *         "schedule": [
                     *           "mon-fri 08:00-18:00"
                     *         ],
                     *         "other_device": null,
                     *         "streams": []
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Camera"][];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    addCamera: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Door",
                 *       "url": "rtsp://viewer:secret@192.168.1.20/stream1"
                 *     }
                 */
                "application/json": components["schemas"]["NewCamera"];
            };
        };
        responses: {
            /** @description Added; connecting. */
            201: {
                headers: {
                    /** @description The new camera's address. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Camera"];
                };
            };
            400: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getCamera: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["CameraId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The camera. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Camera"];
                };
            };
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    removeCamera: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["CameraId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    updateCamera: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["CameraId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Back door",
                 *       "retention": {
                 *         "max_age_us": 604800000000
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["CameraPatch"];
            };
        };
        responses: {
            /** @description The camera as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Camera"];
                };
            };
            400: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    confirmDevice: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["CameraId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The camera as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Camera"];
                };
            };
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getHealthOfCameras: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As of now, by creation time. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "now_us": 1795356307200000,
                     *       "cameras": [
                     *         {
                     *           "camera": "door",
                     *           "name": "Door",
                     *           "state": "recording",
                     *           "since_us": 1795338720000000,
                     *           "cause": null,
                     *           "message": null,
                     *           "alarm": false,
                     *           "streams": [
                     *             {
                     *               "kind": "main",
                     *               "state": "recording",
                     *               "codec": "h264",
                     *               "width": 2688,
                     *               "height": 1520,
                     *               "fps": 20,
                     *               "bitrate": 4100000,
                     *               "audio": null,
                     *               "packets": 182733,
                     *               "lost_packets": 12,
                     *               "loss": 0.0004,
                     *               "lost_frames": 3,
                     *               "reconnects": 1,
                     *               "time": {
                     *                 "source": "camera",
                     *                 "error_us": 62000,
                     *                 "camera_clock": {
                     *                   "offset_us": -42000,
                     *                   "error_us": 250000,
                     *                   "believed": true
                     *                 }
                     *               }
                     *             }
                     *           ],
                     *           "last_gap": {
                     *             "start_us": 1795338719800000,
                     *             "end_us": 1795338731200000,
                     *             "open": false,
                     *             "stream": "main",
                     *             "cause": "unreachable",
                     *             "detail": "The camera does not answer."
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["CamerasHealth"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getConfig: {
        parameters: {
            query?: {
                passwords?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As of now. Cameras by creation time, layouts by name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "cameras": [
                     *         {
                     *           "id": "door",
                     *           "name": "Door",
                     *           "url": "rtsp://viewer:***@192.168.1.20/stream1",
                     *           "sub_url": null,
                     *           "transport": "tcp",
                     *           "retention": {
                     *             "max_age_us": 1209600000000,
                     *             "max_bytes": null,
                     *             "min_age_us": null,
                     *             "min_bytes": null
                     *           }
                     *         }
                     *       ],
                     *       "layouts": []
                     *     }
                     */
                    "application/json": components["schemas"]["Configuration"];
                };
            };
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    putConfig: {
        parameters: {
            query?: {
                remove?: boolean;
                /** @description Say what would change. */
                dry_run?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Configuration"];
            };
        };
        responses: {
            /** @description What changed, or would. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfigChanges"];
                };
            };
            400: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    discoverCameras: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Who answered; possibly nobody. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "devices": [
                     *         {
                     *           "address": "http://192.168.1.20/onvif/device_service",
                     *           "host": "192.168.1.20",
                     *           "name": "HIKVISION DS-2CD2043G2-I",
                     *           "hardware": "DS-2CD2043G2-I",
                     *           "location": null,
                     *           "cameras": [
                     *             "door"
                     *           ]
                     *         }
                     *       ],
                     *       "interfaces": [
                     *         {
                     *           "name": "eth0",
                     *           "address": "192.168.1.5"
                     *         }
                     *       ],
                     *       "network": true
                     *     }
                     */
                    "application/json": components["schemas"]["Discovery"];
                };
            };
            429: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    probeCamera: {
        parameters: {
            query?: {
                /**
                 * @description What the caller may see by default when absent, which is clear for the local owner. What is
                 *     asked for is given or refused (403; 501 for redacted until it exists), never replaced.
                 */
                rendition?: components["parameters"]["Rendition"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "address": "192.168.1.20",
                 *       "user": "viewer",
                 *       "password": "secret"
                 *     }
                 */
                "application/json": components["schemas"]["Probe"];
            };
        };
        responses: {
            /** @description What there is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "device": {
                     *         "manufacturer": "HIKVISION",
                     *         "model": "DS-2CD2043G2-I",
                     *         "firmware": "V5.7.3",
                     *         "clock_offset_us": -1200000
                     *       },
                     *       "cameras": [
                     *         {
                     *           "name": "DS-2CD2043G2-I",
                     *           "camera": null,
                     *           "streams": [
                     *             {
                     *               "kind": "main",
                     *               "url": "rtsp://192.168.1.20:554/Streaming/Channels/101",
                     *               "codec": "h264",
                     *               "width": 2688,
                     *               "height": 1520,
                     *               "fps": 20,
                     *               "audio": null
                     *             },
                     *             {
                     *               "kind": "sub",
                     *               "url": "rtsp://192.168.1.20:554/Streaming/Channels/102",
                     *               "codec": "h264",
                     *               "width": 640,
                     *               "height": 360,
                     *               "fps": 20,
                     *               "audio": null
                     *             }
                     *           ],
                     *           "snapshot": null
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Offer"];
                };
            };
            400: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            501: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getMedia: {
        parameters: {
            query: {
                /** @description Inclusive. */
                from_us: components["parameters"]["FromUs"];
                /** @description Exclusive; later than from_us. At most 24 h later for media.mp4. */
                to_us: components["parameters"]["ToUs"];
                /** @description main when absent. */
                stream?: components["parameters"]["Stream"];
                /**
                 * @description What the caller may see by default when absent, which is clear for the local owner. What is
                 *     asked for is given or refused (403; 501 for redacted until it exists), never replaced.
                 */
                rendition?: components["parameters"]["Rendition"];
                /** @description all when absent. */
                frames?: "all" | "key";
                /**
                 * @description With `frames=key`: at most one picture per stretch of this length, counted from 1970,
                 *     and one wherever the recording begins again. All when absent.
                 */
                every_us?: number;
                /** @description recorded when absent. */
                video?: "recorded" | "h264";
            };
            header?: never;
            path: {
                id: components["parameters"]["CameraId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["Media"];
            206: components["responses"]["Media"];
            /** @description Not changed since the ETag was given. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            410: components["responses"]["Problem"];
            416: components["responses"]["Problem"];
            501: components["responses"]["Problem"];
            503: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getSnapshot: {
        parameters: {
            query: {
                at_us: number;
                /** @description Scaled down to this width; never up. */
                width?: number;
                /** @description main when absent. */
                stream?: components["parameters"]["Stream"];
                /**
                 * @description What the caller may see by default when absent, which is clear for the local owner. What is
                 *     asked for is given or refused (403; 501 for redacted until it exists), never replaced.
                 */
                rendition?: components["parameters"]["Rendition"];
            };
            header?: never;
            path: {
                id: components["parameters"]["CameraId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The picture. */
            200: {
                headers: {
                    /** @description UTC of the picture. */
                    "Vedette-At-Us"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": string;
                };
            };
            /** @description Not changed since the ETag was given. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            410: components["responses"]["Problem"];
            501: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    listExports: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As of now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Export"][];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    addExport: {
        parameters: {
            query?: {
                /**
                 * @description What the caller may see by default when absent, which is clear for the local owner. What is
                 *     asked for is given or refused (403; 501 for redacted until it exists), never replaced.
                 */
                rendition?: components["parameters"]["Rendition"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "camera": "door",
                 *       "from_us": 1795356207200000,
                 *       "to_us": 1795356267200000,
                 *       "form": "bundle",
                 *       "operator": "Inspector Moreau"
                 *     }
                 */
                "application/json": components["schemas"]["NewExport"];
            };
        };
        responses: {
            /** @description Waiting its turn. */
            202: {
                headers: {
                    /** @description The export's address. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Export"];
                };
            };
            400: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            429: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getExport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["ExportId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As of now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "id": "5f3a9c0e77b1d204",
                     *       "camera": "door",
                     *       "stream": "main",
                     *       "from_us": 1795356207200000,
                     *       "to_us": 1795356267200000,
                     *       "form": "bundle",
                     *       "operator": "Inspector Moreau",
                     *       "state": "done",
                     *       "created_us": 1795356307200000,
                     *       "expires_us": 1795442707200000,
                     *       "done_bytes": 30011648,
                     *       "total_bytes": 30011648,
                     *       "size": 30015310,
                     *       "file": "/api/v1/exports/5f3a9c0e77b1d204/file",
                     *       "error": null
                     *     }
                     */
                    "application/json": components["schemas"]["Export"];
                };
            };
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    removeExport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["ExportId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is no longer there. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getExportFile: {
        parameters: {
            query?: {
                /**
                 * @description What the caller may see by default when absent, which is clear for the local owner. What is
                 *     asked for is given or refused (403; 501 for redacted until it exists), never replaced.
                 */
                rendition?: components["parameters"]["Rendition"];
            };
            header?: never;
            path: {
                id: components["parameters"]["ExportId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: components["responses"]["ExportFile"];
            206: components["responses"]["ExportFile"];
            /** @description Not changed since the ETag was given. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            416: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getTimeline: {
        parameters: {
            query: {
                /** @description May repeat; all cameras without it. */
                camera?: components["schemas"]["Id"][];
                /** @description Inclusive. */
                from_us: components["parameters"]["FromUs"];
                /** @description Exclusive; later than from_us. At most 24 h later for media.mp4. */
                to_us: components["parameters"]["ToUs"];
                /**
                 * @description How many equal parts of the range to tell apart: activity is given for each. Of a camera
                 *     with more than 200 spans or gaps in the range, these are told no finer than that; without
                 *     `buckets` every one is listed. At most 1 000 000 buckets
                 *     of all cameras together.
                 */
                buckets?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One entry per camera, in the order asked for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "from_us": 1795356200000000,
                     *       "to_us": 1795356300000000,
                     *       "cameras": [
                     *         {
                     *           "camera": "door",
                     *           "spans": [
                     *             {
                     *               "start_us": 1795356200000000,
                     *               "end_us": 1795356250000000,
                     *               "stream": "main"
                     *             }
                     *           ],
                     *           "gaps": [
                     *             {
                     *               "start_us": 1795356250000000,
                     *               "end_us": 1795356300000000,
                     *               "open": true,
                     *               "stream": "main",
                     *               "cause": "unreachable",
                     *               "detail": "The camera does not answer."
                     *             }
                     *           ],
                     *           "unscheduled": [],
                     *           "activity": {
                     *             "motion": [
                     *               0,
                     *               12,
                     *               63,
                     *               null
                     *             ]
                     *           }
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Timeline"];
                };
            };
            400: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getLedger: {
        parameters: {
            query: {
                kind: "gap" | "alarm" | "deletion" | "hold" | "export" | "view" | "reveal" | "config";
                camera?: components["schemas"]["Id"];
                /** @description Inclusive. */
                from_us: components["parameters"]["FromUs"];
                /** @description Exclusive; later than from_us. At most 24 h later for media.mp4. */
                to_us: components["parameters"]["ToUs"];
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description By start; alarms by when they were raised, holds and exports by when they were made. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "entries": [
                     *         {
                     *           "kind": "gap",
                     *           "camera": "door",
                     *           "stream": "main",
                     *           "start_us": 1795356250000000,
                     *           "end_us": 1795356300000000,
                     *           "open": false,
                     *           "cause": "unreachable",
                     *           "detail": "The camera does not answer.",
                     *           "first_seen_us": 1795356250100000,
                     *           "alarm_us": 1795356280000000
                     *         }
                     *       ],
                     *       "next": null
                     *     }
                     */
                    "application/json": components["schemas"]["Ledger"];
                };
            };
            400: components["responses"]["Problem"];
            501: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getStorage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As of now; rates are those of the last day. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Storage"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    getStoragePlan: {
        parameters: {
            query?: {
                /** @description As if this time had passed with recording going on as it does now; 0 when absent. */
                ahead_us?: number;
                /** @description A volume, as its `path` in /api/v1/storage or /api/v1/volumes, whose limits were these instead. */
                volume?: string;
                /** @description None when absent and `volume` is given. */
                quota_bytes?: number;
                /** @description 5 % but at most 1 GiB when absent and `volume` is given. */
                reserve_bytes?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The first 1000 files, and the sums of all. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoragePlan"];
                };
            };
            400: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    listVolumes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description In the order in which they were given. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VolumeLimits"][];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    putVolume: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["VolumeLimits"];
            };
        };
        responses: {
            /** @description It has these limits. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VolumeLimits"];
                };
            };
            /** @description It was added. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["VolumeLimits"];
                };
            };
            400: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    removeVolume: {
        parameters: {
            query: {
                path: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is not recorded to any more. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    listHolds: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every hold. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Hold"][];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    placeHold: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "camera": "door",
                 *       "from_us": 1795356200000000,
                 *       "to_us": 1795359800000000,
                 *       "reason": "Break-in at the back door",
                 *       "by": "Anna"
                 *     }
                 */
                "application/json": components["schemas"]["NewHold"];
            };
        };
        responses: {
            /** @description Placed. */
            201: {
                headers: {
                    /** @description The hold's address. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Hold"];
                };
            };
            400: components["responses"]["Problem"];
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    liftHold: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["CameraId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Lifted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    listLayouts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every layout, by name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example [
                     *       {
                     *         "id": "front",
                     *         "name": "Front",
                     *         "grid": "focus",
                     *         "tiles": [
                     *           {
                     *             "camera": "door",
                     *             "size": 1
                     *           }
                     *         ]
                     *       }
                     *     ]
                     */
                    "application/json": components["schemas"]["Layout"][];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    putLayout: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["CameraId"];
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Front",
                 *       "grid": "focus",
                 *       "tiles": [
                 *         {
                 *           "camera": "door"
                 *         },
                 *         {
                 *           "camera": "yard"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["NewLayout"];
            };
        };
        responses: {
            /** @description Replaced. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Layout"];
                };
            };
            /** @description Saved. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Layout"];
                };
            };
            400: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    removeLayout: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: components["parameters"]["CameraId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is no longer there. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getFsck: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How far it is, and what it found once it has ended. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Fsck"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    startFsck: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "rebuild": true
                 *     }
                 */
                "application/json": {
                    /** @description Make the catalog what the files say. */
                    rebuild?: boolean;
                    /** @description Without reading every byte for its hash. */
                    quick?: boolean;
                };
            };
        };
        responses: {
            /** @description It runs. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Fsck"];
                };
            };
            400: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    cancelFsck: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As it was when it was told to end. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Fsck"];
                };
            };
            default: components["responses"]["Problem"];
        };
    };
    openLive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Switching protocols. */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: components["responses"]["Problem"];
            426: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    getPage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                path: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A file. Names with a hash are cached for good, index.html is asked for each time. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                    "*/*": string;
                };
            };
            /** @description Not changed since the ETag was given. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
}
