package local;

import java.io.IOException;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.avro.registry.confluent.shaded.io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.formats.avro.registry.confluent.RegistryAvroFormatFactory;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.table.types.DataType;
import org.apache.flink.util.*;

/** avro-confluent for error-handling.mode log and ignore: skips malformed records. */
public class LenientAvro extends RegistryAvroFormatFactory {
    @Override public String factoryIdentifier() { return "avro-confluent-lenient"; }

    @Override public DecodingFormat<DeserializationSchema<RowData>> createDecodingFormat(
            DynamicTableFactory.Context context, ReadableConfig options) {
        var strict = super.createDecodingFormat(context, options);
        return new DecodingFormat<>() {
            public DeserializationSchema<RowData> createRuntimeDecoder(DynamicTableSource.Context source, DataType type) {
                return new Decoder(strict.createRuntimeDecoder(source, type));
            }
            public ChangelogMode getChangelogMode() { return strict.getChangelogMode(); }
        };
    }

    private static class Decoder implements DeserializationSchema<RowData> {
        private final DeserializationSchema<RowData> pristine;
        private transient DeserializationSchema<RowData> decoder;
        private transient InitializationContext context;

        Decoder(DeserializationSchema<RowData> pristine) { this.pristine = pristine; }
        public void open(InitializationContext context) throws Exception { this.context = context; renew(); }
        private void renew() throws Exception {
            decoder = InstantiationUtil.clone(pristine, context.getUserCodeClassLoader().asClassLoader());
            decoder.open(context);
        }
        public RowData deserialize(byte[] message) throws IOException {
            try {
                return decoder.deserialize(message);
            } catch (IOException | RuntimeException error) {
                if (ExceptionUtils.findThrowable(error, Decoder::isRegistryAway).isPresent()) throw error;  // the job restarts and reads the record again
                // A new decoder: this one still holds the rest of the record and would misread later ones.
                try { renew(); } catch (Exception fatal) { throw new IOException(fatal); }
                return null;
            }
        }
        private static boolean isRegistryAway(Throwable cause) {
            return cause.getClass().getName().startsWith("java.net.") || cause instanceof RestClientException answer && answer.getStatus() != 404;
        }
        public boolean isEndOfStream(RowData row) { return false; }
        public TypeInformation<RowData> getProducedType() { return pristine.getProducedType(); }
    }
}
