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
        /** Changes the fields that are given. A URL sent back as it was shown keeps its password. */
        patch: operations["updateCamera"];
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
         *     time. Parameter changes within the range are further sample entries of the same track. Where
         *     the recording changes in a way one track cannot carry (another clock rate, another set of
         *     tracks), the file ends early: `Vedette-End-Us` is where to ask on. Byte ranges are honoured
         *     and cost only what they cover; the size is known without reading. The connection ends
         *     early when retention removes a file while it is being sent.
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
        /** What the site must be able to account for. Gaps so far; other kinds answer 501. */
        get: operations["getLedger"];
        put?: never;
        post?: never;
        delete?: never;
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
        Id: string;
        /** @enum {string} */
        StreamKind: "main" | "sub";
        /** Format: int64 */
        TimeUs: number;
        Health: {
            /** @constant */
            status: "ok";
        };
        Volume: {
            path: string;
            /** Format: int64 */
            total_bytes: number;
            /** Format: int64 */
            free_bytes: number;
            /**
             * Format: int64
             * @description By recordings.
             */
            used_bytes: number;
            /** @description Why nothing is written to it; null when all is well. */
            problem: string | null;
        };
        Status: {
            version: string;
            started_us: components["schemas"]["TimeUs"];
            now_us: components["schemas"]["TimeUs"];
            cameras: number;
            volumes: components["schemas"]["Volume"][];
        };
        /** @description What is kept; null, or absent when writing, means until the volume is full. */
        Retention: {
            /** Format: int64 */
            max_age_us?: number | null;
            /** Format: int64 */
            max_bytes?: number | null;
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
        /** @enum {string} */
        CameraState: "recording" | "not_recording" | "connecting" | "down";
        /**
         * @description Why there is no picture; new ones may be added.
         * @example unreachable
         * @example unauthenticated
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
            retention: {
                /** Format: int64 */
                max_age_us: number | null;
                /** Format: int64 */
                max_bytes: number | null;
            };
            streams: components["schemas"]["Stream"][];
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
        };
        CameraPatch: {
            name?: string;
            url?: string;
            sub_url?: string | null;
            /** @enum {string} */
            transport?: "tcp" | "udp";
            retention?: components["schemas"]["Retention"];
        };
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
                /** @description Per class one amount per bucket; empty until analysis exists. */
                activity: {
                    [key: string]: number[];
                };
            }[];
        };
        Ledger: {
            entries: {
                /** @constant */
                kind: "gap";
                camera: components["schemas"]["Id"];
                stream: components["schemas"]["StreamKind"];
                start_us: components["schemas"]["TimeUs"];
                end_us: components["schemas"]["TimeUs"];
                open: boolean;
                cause: string;
                detail: string;
            }[];
        };
        Problem: {
            type: string;
            title: string;
            status: number;
            code: string;
            detail: string;
            /**
             * @description The member of the request's body that is wrong, where it is one.
             * @enum {string}
             */
            field?: "id" | "name" | "url" | "sub_url" | "transport" | "retention" | "retention.max_age_us" | "retention.max_bytes";
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
        /** @description A fragmented MP4. */
        Media: {
            headers: {
                /** @description UTC of media time 0. */
                "Vedette-Start-Us"?: number;
                /** @description UTC of the end of the last fragment. */
                "Vedette-End-Us"?: number;
                [name: string]: unknown;
            };
            content: {
                "video/mp4": string;
            };
        };
    };
    parameters: {
        CameraId: components["schemas"]["Id"];
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
                     *       "started_us": 1795356207200000,
                     *       "now_us": 1795356307200000,
                     *       "cameras": 2,
                     *       "volumes": [
                     *         {
                     *           "path": "/srv/video",
                     *           "total_bytes": 1000204886016,
                     *           "free_bytes": 400204886016,
                     *           "used_bytes": 559204886016,
                     *           "problem": null
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
                     *         "retention": {
                     *           "max_age_us": 1209600000000,
                     *           "max_bytes": null
                     *         },
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
    getTimeline: {
        parameters: {
            query: {
                /** @description May repeat; all cameras without it. */
                camera?: components["schemas"]["Id"][];
                /** @description Inclusive. */
                from_us: components["parameters"]["FromUs"];
                /** @description Exclusive; later than from_us. At most 24 h later for media.mp4. */
                to_us: components["parameters"]["ToUs"];
                /** @description How many parts activity is counted in. */
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
                     *           "activity": {}
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
                kind: "gap" | "deletion" | "view" | "reveal" | "config";
                camera?: components["schemas"]["Id"];
                /** @description Inclusive. */
                from_us: components["parameters"]["FromUs"];
                /** @description Exclusive; later than from_us. At most 24 h later for media.mp4. */
                to_us: components["parameters"]["ToUs"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description By start. */
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
                     *           "detail": "The camera does not answer."
                     *         }
                     *       ]
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
