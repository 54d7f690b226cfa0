package io.havip.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.havip.id.AccountId;
import io.havip.id.Id;
import io.havip.id.NetworkId;
import io.havip.id.NicId;
import io.havip.id.TokenId;
import io.havip.id.VipId;
import io.havip.id.VmId;
import io.havip.id.VpcId;
import io.havip.id.WebhookId;
import io.havip.net.AddressRange;
import io.havip.net.Cidr;
import io.havip.net.Ipv4Address;
import io.havip.net.MacAddress;
import io.havip.webhook.WebhookUrl;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.AnnotationIntrospector;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.deser.std.StdScalarDeserializer;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdScalarSerializer;
import tools.jackson.databind.ser.std.ToStringSerializer;
import tools.jackson.databind.type.LogicalType;

/**
 * The one JSON mapper. Identifiers and addresses are strings, enums lower case, times RFC 3339 in
 * UTC with microseconds. Reading is strict: unknown properties, duplicate keys, missing or null
 * components of a record that are not {@code @Nullable}, trailing text, coerced scalars and deep
 * nesting are errors. Every failure is a {@link tools.jackson.core.JacksonException}; its path
 * names the field when a value is wrong, and for an identifier, address or time its original
 * message is the domain's own.
 */
public final class Json {
  /** Far deeper than any request, far shallower than any stack. */
  private static final int NESTING_MAX = 50;

  private static final DateTimeFormatter MICROSECONDS =
      new DateTimeFormatterBuilder().appendInstant(6).toFormatter(Locale.ROOT);

  /** Immutable and safe for all threads. */
  public static final JsonMapper MAPPER = mapper();

  /** The same, with fields that have no value left out. */
  public static final JsonMapper SPARSE =
      MAPPER
          .rebuild()
          .changeDefaultPropertyInclusion(
              value -> value.withValueInclusion(JsonInclude.Include.NON_NULL))
          .build();

  private Json() {}

  private static JsonMapper mapper() {
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder().maxNestingDepth(NESTING_MAX).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    return JsonMapper.builder(factory)
        .enable(
            DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
            DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
            DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
            DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
        .enable(MapperFeature.INFER_RECORD_GETTERS_FROM_COMPONENTS_ONLY)
        .disable(
            MapperFeature.ALLOW_COERCION_OF_SCALARS, MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
        .withCoercionConfig(
            LogicalType.Textual,
            text -> {
              for (CoercionInputShape shape :
                  new CoercionInputShape[] {
                    CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean
                  }) {
                text.setCoercion(shape, CoercionAction.Fail);
              }
            })
        .annotationIntrospector(
            AnnotationIntrospector.pair(
                new RecordsAndEnums(), JsonMapper.builder().annotationIntrospector()))
        .addModule(values())
        .build();
  }

  private static SimpleModule values() {
    SimpleModule module = new SimpleModule("havip");
    module.addSerializer(Id.class, ToStringSerializer.instance);
    text(module, Ipv4Address.class, Ipv4Address::parse);
    text(module, MacAddress.class, MacAddress::parse);
    text(module, Cidr.class, Cidr::parse);
    text(module, AddressRange.class, AddressRange::parse);
    module.addDeserializer(AccountId.class, new Text<>(AccountId.class, AccountId::new));
    module.addDeserializer(VpcId.class, new Text<>(VpcId.class, VpcId::new));
    module.addDeserializer(NetworkId.class, new Text<>(NetworkId.class, NetworkId::new));
    module.addDeserializer(VmId.class, new Text<>(VmId.class, VmId::new));
    module.addDeserializer(NicId.class, new Text<>(NicId.class, NicId::new));
    module.addDeserializer(VipId.class, new Text<>(VipId.class, VipId::new));
    module.addDeserializer(TokenId.class, new Text<>(TokenId.class, TokenId::new));
    module.addDeserializer(WebhookId.class, new Text<>(WebhookId.class, WebhookId::new));
    text(module, WebhookUrl.class, WebhookUrl::new);
    module.addDeserializer(Instant.class, new Text<>(Instant.class, Json::instant));
    module.addSerializer(Instant.class, new InstantText());
    return module;
  }

  private static <T> void text(SimpleModule module, Class<T> type, Function<String, T> parse) {
    module.addSerializer(type, ToStringSerializer.instance);
    module.addDeserializer(type, new Text<>(type, parse));
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is no time; write one like 2030-01-31T12:00:00.000000Z", e);
    }
  }

  /** Reads a value from a string and from nothing else. */
  private static final class Text<T> extends StdScalarDeserializer<T> {
    private final Class<T> type;
    private final Function<String, T> parse;

    Text(Class<T> type, Function<String, T> parse) {
      super(type);
      this.type = type;
      this.parse = parse;
    }

    @Override
    public T deserialize(JsonParser parser, DeserializationContext context) {
      if (!parser.hasToken(JsonToken.VALUE_STRING)) {
        return context.reportInputMismatch(
            String.class, "expected a string, not %s", parser.currentToken());
      }
      String text = parser.getString();
      try {
        return parse.apply(text);
      } catch (IllegalArgumentException e) {
        String message = e.getMessage();
        InvalidFormatException invalid =
            InvalidFormatException.from(
                parser, message == null ? "is invalid" : message, text, type);
        invalid.initCause(e);
        throw invalid;
      }
    }
  }

  private static final class InstantText extends StdScalarSerializer<Instant> {
    InstantText() {
      super(Instant.class);
    }

    @Override
    public void serialize(Instant value, JsonGenerator out, SerializationContext context) {
      out.writeString(MICROSECONDS.format(value));
    }
  }
}
