package io.havip.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.havip.decision.Reply;
import io.havip.id.Id;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** Replies to requests whose repetition gets the same reply. */
final class Replies {
  private Replies() {}

  /** A resource was made. */
  static Reply created(String list, Id id, long version, Object body) {
    return made(HttpStatus.CREATED, list, id, version, body);
  }

  /** A resource was made and will be realised. */
  static Reply acceptedNew(String list, Id id, long version, Object body) {
    return made(HttpStatus.ACCEPTED, list, id, version, body);
  }

  /** The change is stored and will be realised. */
  static Reply accepted(long version, Object body) {
    return reply(HttpStatus.ACCEPTED, null, version, body);
  }

  /** Something without versions began. */
  static Reply begun(String location, Object body) {
    return new Reply(
        HttpStatus.ACCEPTED.value(), location, null, JsonResponses.MAPPER.writeValueAsString(body));
  }

  /** The reply as it goes out, for the first time or again. */
  static ResponseEntity<byte[]> response(Reply reply) {
    ResponseEntity.BodyBuilder response =
        ResponseEntity.status(reply.status()).contentType(MediaType.APPLICATION_JSON);
    if (reply.eTag() != null) {
      response.header(HttpHeaders.ETAG, reply.eTag());
    }
    if (reply.location() != null) {
      response.header(HttpHeaders.LOCATION, reply.location());
    }
    return response.body(reply.body().getBytes(UTF_8));
  }

  private static Reply made(HttpStatus status, String list, Id id, long version, Object body) {
    return reply(status, "/v1/" + list + "/" + id, version, body);
  }

  private static Reply reply(
      HttpStatus status, @Nullable String location, long version, Object body) {
    return new Reply(
        status.value(),
        location,
        Responses.eTag(version),
        JsonResponses.MAPPER.writeValueAsString(body));
  }
}
