package io.havip.json;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.RecordComponent;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.NopAnnotationIntrospector;

/**
 * Tells Jackson what the types already say: a component of a record that is not {@code @Nullable}
 * must be there and must not be null, nor may the elements of any collection be; an enum's names
 * are lower case.
 */
final class RecordsAndEnums extends NopAnnotationIntrospector {
  private static final long serialVersionUID = 1L;

  @Override
  public @Nullable Boolean hasRequiredMarker(MapperConfig<?> config, AnnotatedMember member) {
    AnnotatedType type = componentType(member);
    return type == null ? null : !type.isAnnotationPresent(Nullable.class);
  }

  @Override
  public JsonSetter.Value findSetterInfo(MapperConfig<?> config, Annotated annotated) {
    AnnotatedType type = componentType(annotated);
    if (type == null) {
      return JsonSetter.Value.empty();
    }
    return JsonSetter.Value.construct(
        type.isAnnotationPresent(Nullable.class) ? Nulls.SET : Nulls.FAIL, Nulls.FAIL);
  }

  @Override
  public String[] findEnumValues(
      MapperConfig<?> config, AnnotatedClass enumClass, Enum<?>[] values, String[] names) {
    for (int i = 0; i < values.length; i++) {
      names[i] = values[i].name().toLowerCase(Locale.ROOT);
    }
    return names;
  }

  /** The declared type of the record's component that a constructor's parameter is for. */
  private static @Nullable AnnotatedType componentType(Annotated annotated) {
    if (!(annotated instanceof AnnotatedParameter parameter)) {
      return null;
    }
    RecordComponent[] components = parameter.getDeclaringClass().getRecordComponents();
    boolean canonical =
        components != null && parameter.getOwner().getParameterCount() == components.length;
    return canonical ? components[parameter.getIndex()].getAnnotatedType() : null;
  }
}
