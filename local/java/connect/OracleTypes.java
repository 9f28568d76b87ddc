package local;

import io.debezium.spi.converter.*;
import java.time.Instant;
import java.time.temporal.TemporalAccessor;
import java.util.*;
import org.apache.kafka.connect.data.SchemaBuilder;

/** Gives PostgreSQL's columns Oracle's types: NUMBER(1), and TIMESTAMP, which ends with the year 9999. Checks the scale of decimals. */
public class OracleTypes implements CustomConverter<SchemaBuilder, RelationalColumn> {
    private static final Instant FIRST = Instant.parse("-4711-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999Z");
    private Properties settings;
    public void configure(Properties settings) { this.settings = settings; }
    public void converterFor(RelationalColumn column, ConverterRegistration<SchemaBuilder> registration) {
        String place = column.dataCollection() + "." + column.name(), scale = settings.getProperty("scale." + place);
        // The registry accepts another scale, and readers would misplace the decimal point.
        if (scale != null && column.typeName().equals("numeric") && !scale.equals("" + column.scale().orElse(0)))
            throw new IllegalArgumentException(place + " has " + column.scale().orElse(0) + " decimals, its contract " + scale);
        if (settings.containsKey("tiny." + place))
            registration.register(SchemaBuilder.int8(), OracleTypes::digits);
        else if (column.typeName().equals("timestamptz"))
            registration.register(org.apache.kafka.connect.data.Timestamp.builder(), OracleTypes::time);
    }
    private static Object digits(Object value) {
        return value == null ? null : value instanceof Boolean truth ? truth ? (byte) 1 : (byte) 0 : Byte.valueOf("" + value);
    }
    private static Object time(Object value) {
        if (value == null) return null;
        Instant time = value instanceof Date date ? date.toInstant() : Instant.from((TemporalAccessor) value);
        return Date.from(time.isBefore(FIRST) ? FIRST : time.isAfter(LAST) ? LAST : time);
    }
}
