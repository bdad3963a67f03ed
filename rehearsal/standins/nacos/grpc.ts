import * as http2 from "node:http2";

const unimplemented = "12";

/** Answers every call with UNIMPLEMENTED: the real server's clients hear why, instead of a closed door. */
export function grpcServer(log: (line: string) => void): http2.Http2Server {
    const server = http2.createServer();
    server.on("stream", (stream, headers) => {
        log(`gRPC call ${headers[":path"]} refused: the stand-in has no gRPC`);
        stream.respond(
            {
                ":status": 200,
                "content-type": "application/grpc",
                "grpc-status": unimplemented,
                "grpc-message": "stand-in for Nacos: no gRPC, only HTTP",
            },
            { endStream: true },
        );
    });
    server.on("sessionError", (error) => log(`gRPC port: ${error.message}`));
    return server;
}
