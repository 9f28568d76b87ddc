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
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.connect.data.*;
import org.apache.kafka.connect.errors.*;
import org.apache.kafka.connect.storage.Converter;

/** Writes Confluent's wire format. Debezium keeps one schema object for each table, so identity finds its id. */
public class AvroConverter implements Converter {
    private record Known(String topic, byte[] head, GenericDatumWriter<Object> writer) { }
    private final AvroData data = new AvroData(1000);
    private final Map<Schema, Known> seen = new IdentityHashMap<>();
    private final Map<List<Object>, Known> registered = new HashMap<>();
    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private String url, part;
    public void configure(Map<String, ?> settings, boolean key) { url = "" + settings.get("schema.registry.url"); part = key ? "-key" : "-value"; }
    public byte[] fromConnectData(String topic, Schema schema, Object value) {
        if (value == null) return null;
        if (seen.size() > 1000) seen.clear();
        Known known = seen.get(schema);
        if (known == null || !known.topic.equals(topic))
            seen.put(schema, known = registered.computeIfAbsent(List.of(topic, schema), any -> register(topic, schema)));
        try (ByteArrayOutputStream record = new ByteArrayOutputStream(512)) {
            record.write(known.head);
            known.writer.write(data.fromConnectData(schema, value), EncoderFactory.get().directBinaryEncoder(record, null));
            return record.toByteArray();
        } catch (IOException e) { throw new DataException(e); }
    }
    private Known register(String topic, Schema schema) {
        String subject = topic + part;
        org.apache.avro.Schema avro = data.fromConnectSchema(schema);
        try {
            String body = json.writeValueAsString(Map.of("schema", avro.toString()));
            HttpResponse<String> answer = http.send(HttpRequest.newBuilder(URI.create(url + "/subjects/" + subject + "/versions"))
                .timeout(Duration.ofSeconds(5)).header("Content-Type", "application/vnd.schemaregistry.v1+json")
                .POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() >= 500) throw new IOException(answer.body());
            JsonNode id = json.readTree(answer.body()).path("id");
            if (id.isMissingNode()) throw new DataException("registry refuses " + subject + ": " + answer.body());
            byte[] head = ByteBuffer.allocate(5).put((byte) 0).putInt(id.intValue()).array();
            return new Known(topic, head, new GenericDatumWriter<>(avro));
        } catch (IOException e) { throw new RetriableException("registry: no id for " + subject + ": " + e, e);
        } catch (InterruptedException e) { throw new ConnectException(e); }
    }
    public SchemaAndValue toConnectData(String topic, byte[] value) { throw new UnsupportedOperationException(); }
}
