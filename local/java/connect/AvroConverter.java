package local;

import com.fasterxml.jackson.databind.*;
import io.apicurio.registry.utils.converter.avro.AvroData;
import java.io.*;
import java.net.URI;
import java.net.http.*;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.*;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.*;
import org.apache.kafka.connect.data.*;
import org.apache.kafka.connect.errors.*;
import org.apache.kafka.connect.storage.Converter;

/** Records in Confluent's wire format. Debezium keeps one schema object a table, so its id is found by identity. */
public class AvroConverter implements Converter {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int MOST = 1000;
    private record Place(String topic, Schema schema) { }
    private record Known(String topic, byte[] head, GenericDatumWriter<Object> writer) { }
    private final AvroData data = new AvroData(MOST);
    private final Map<Schema, Known> seen = new IdentityHashMap<>();
    private final Map<Place, Known> registered = new HashMap<>();
    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private String url, part;

    public void configure(Map<String, ?> settings, boolean isKey) {
        url = (String) settings.get("schema.registry.url");
        part = isKey ? "-key" : "-value";
    }
    public byte[] fromConnectData(String topic, Schema schema, Object value) {
        if (value == null) return null;
        Known known = seen.get(schema);
        if (known == null || !known.topic.equals(topic)) {
            known = registered.computeIfAbsent(new Place(topic, schema), this::register);
            if (seen.size() >= MOST) seen.clear();
            seen.put(schema, known);
        }
        ByteArrayOutputStream record = new ByteArrayOutputStream(512);
        record.writeBytes(known.head);
        try {
            BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(record, null);
            known.writer.write(data.fromConnectData(schema, value), encoder);
        } catch (IOException e) { throw new DataException(e); }
        return record.toByteArray();
    }
    private Known register(Place place) {
        String subject = place.topic + part;
        org.apache.avro.Schema avro = data.fromConnectSchema(place.schema);
        try {
            String body = json.writeValueAsString(Map.of("schema", avro.toString()));
            HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/subjects/" + subject + "/versions"))
                .timeout(PATIENCE).header("Content-Type", "application/vnd.schemaregistry.v1+json")
                .POST(HttpRequest.BodyPublishers.ofString(body)).build();
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() >= 500) throw new IOException(answer.body());
            JsonNode id = json.readTree(answer.body()).path("id");
            if (id.isMissingNode()) throw new DataException("registry refuses " + subject + ": " + answer.body());
            byte[] head = ByteBuffer.allocate(5).put((byte) 0).putInt(id.intValue()).array();
            return new Known(place.topic, head, new GenericDatumWriter<>(avro));
        } catch (IOException e) { throw new RetriableException("registry: no id for " + subject + ": " + e, e);
        } catch (InterruptedException e) { throw new ConnectException(e); }
    }
    public SchemaAndValue toConnectData(String topic, byte[] value) { throw new UnsupportedOperationException(); }
}
