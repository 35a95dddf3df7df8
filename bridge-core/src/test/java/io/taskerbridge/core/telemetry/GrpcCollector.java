package io.taskerbridge.core.telemetry;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/**
 * A collector on loopback that speaks just enough HTTP/2 in clear text for gRPC: it takes unary
 * calls, keeps their messages and answers each with an empty message and status 0. It does not
 * decode headers, so every service is the same to it.
 */
final class GrpcCollector implements AutoCloseable {
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int END_STREAM = 1;
  private static final int ACK = 1;
  private static final int END_HEADERS = 4;
  private static final int PADDED = 8;

  private final ServerSocket server;
  private final Thread acceptor;
  private final Queue<byte[]> messages = new ConcurrentLinkedQueue<>();

  GrpcCollector() {
    try {
      server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    acceptor = Thread.ofVirtual().start(this::accept);
  }

  String endpoint() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  /** The messages that are requests with spans; those of other services do not read as one. */
  List<ExportTraceServiceRequest> traces() {
    return messages.stream().flatMap(GrpcCollector::parse).toList();
  }

  private static Stream<ExportTraceServiceRequest> parse(byte[] message) {
    try {
      return Stream.of(ExportTraceServiceRequest.parseFrom(message));
    } catch (InvalidProtocolBufferException e) {
      return Stream.empty();
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      in.readNBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".length());
      frame(out, SETTINGS, 0, 0, new byte[0]);
      Map<Integer, ByteArrayOutputStream> bodies = new HashMap<>();
      while (true) {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt() & 0x7fff_ffff;
        byte[] payload = in.readNBytes(length);
        if (type == SETTINGS && (flags & ACK) == 0) {
          frame(out, SETTINGS, ACK, 0, new byte[0]);
        } else if (type == PING && (flags & ACK) == 0) {
          frame(out, PING, ACK, 0, payload);
        } else if (type == DATA) {
          int padding = (flags & PADDED) != 0 ? 1 + payload[0] : 0;
          bodies
              .computeIfAbsent(stream, s -> new ByteArrayOutputStream())
              .write(payload, padding > 0 ? 1 : 0, payload.length - padding);
          if ((flags & END_STREAM) != 0) {
            answer(out, stream, bodies.remove(stream).toByteArray());
          }
        }
      }
    } catch (IOException e) {
      // the client went away
    }
  }

  /** A gRPC message has a compression flag and its length before it. */
  private void answer(DataOutputStream out, int stream, byte[] body) throws IOException {
    messages.add(java.util.Arrays.copyOfRange(body, 5, body.length));
    ByteArrayOutputStream headers = new ByteArrayOutputStream();
    headers.write(0x88); // :status 200, from the static table
    literal(headers, "content-type", "application/grpc");
    frame(out, HEADERS, END_HEADERS, stream, headers.toByteArray());
    frame(out, DATA, 0, stream, new byte[5]);
    ByteArrayOutputStream trailers = new ByteArrayOutputStream();
    literal(trailers, "grpc-status", "0");
    frame(out, HEADERS, END_HEADERS | END_STREAM, stream, trailers.toByteArray());
  }

  private static void literal(ByteArrayOutputStream block, String name, String value) {
    block.write(0);
    block.write(name.length());
    block.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
    block.write(value.length());
    block.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
  }

  private static void frame(DataOutputStream out, int type, int flags, int stream, byte[] payload)
      throws IOException {
    out.writeByte(payload.length >> 16);
    out.writeShort(payload.length);
    out.writeByte(type);
    out.writeByte(flags);
    out.writeInt(stream);
    out.write(payload);
    out.flush();
  }

  @Override
  public void close() {
    try {
      server.close();
      acceptor.join();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
