import type { Driver } from "../../core/facts.ts";
import { Interceptor } from "./interceptor.ts";
import { OPEN } from "./internals.ts";
import type { WsWebSocket } from "./internals.ts";

/** How the core reaches the sockets of one copy of `ws`, on which `intercept` puts what looks at single messages. */
export function driverOf(intercept: () => void): Driver {
  const interceptor = (socket: unknown): Interceptor => {
    intercept();
    return Interceptor.of(socket as WsWebSocket);
  };
  return {
    bytesRead: (socket) => (socket as WsWebSocket)._socket?.bytesRead,
    bytesWritten: (socket) => (socket as WsWebSocket)._socket?.bytesWritten,
    bufferedAmount: (socket) => (socket as WsWebSocket).bufferedAmount,
    open: (socket) => (socket as WsWebSocket).readyState === OPEN,
    ping: (socket, payload) => (socket as WsWebSocket).ping(payload),
    send: (socket, message) => (socket as WsWebSocket).send(message),
    close: (socket, code, reason) => (socket as WsWebSocket).close(code, reason),
    terminate: (socket) => (socket as WsWebSocket).terminate(),
    tap: (socket, tap) => {
      interceptor(socket).tap = tap;
    },
    timeSends: (socket, done) => {
      interceptor(socket).timer = done;
    },
    traceMessages: (socket, tracer) => {
      interceptor(socket).tracer = tracer;
    },
    release: (socket) => Interceptor.release(socket as WsWebSocket),
  };
}
