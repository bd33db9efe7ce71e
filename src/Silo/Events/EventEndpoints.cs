using System.Text;
using DagmmStream.Silo.Access;
using DagmmStream.Silo.Api;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace DagmmStream.Silo.Events;

/// <summary>Events in: CSV, NDJSON or a JSON array, plain or compressed, read as a stream.</summary>
internal static class EventEndpoints
{
    public const string Csv = "text/csv";
    public const string Ndjson = "application/x-ndjson";
    public const string Json = "application/json";

    // A line holds one event: 1,024 features of a dozen characters and their names, many times over.
    private const int MaxLineBytes = 1 << 20;
    private const int MaxProducerLength = 128;
    private const int MaxIdempotencyKeyLength = 120;
    private const string KeyPrefix = "key-";

    public static void MapEvents(this RouteGroupBuilder api, HttpApiOptions options)
    {
        api.MapGet("/streams/{stream}/watermark", WatermarkAsync).WithTags("Events").WithName("readWatermark")
            .WithSummary("The highest sequence of a producer that was accepted without a gap; -1 for an unknown one")
            .ProducesProblem(StatusCodes.Status404NotFound).Requires(ApiScope.Ingest);
        api.MapPost("/streams/{stream}/events", PushAsync).WithTags("Events").WithName("pushEvents")
            .WithSummary("Push events; the reply has their verdicts")
            .WithDescription(
                "The body is CSV with a header, NDJSON, or a JSON array. Events that do not fit the stream are rejected one by one. "
                + "With an `Idempotency-Key`, or with `producer` and `sequence`, sending the same body again is harmless.")
            .Accepts<IReadOnlyList<EventView>>(Json, Ndjson, Csv, "application/jsonl")
            .WithMetadata(new BodyLimit(options.MaxBodyBytes))
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType).ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status429TooManyRequests).ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .Requires(ApiScope.Ingest);
    }

    private static async Task<Ok<Watermark>> WatermarkAsync(
        string stream, string producer, GrainLookup grains, CancellationToken cancellationToken, int partition = 0)
    {
        var grain = await grains.PartitionAsync(stream, partition, cancellationToken);
        return TypedResults.Ok(new Watermark(producer, partition, await grain.GetWatermarkAsync(producer, cancellationToken)));
    }

    private static async Task<Ok<IngestReply>> PushAsync(
        string stream, HttpContext context, [AsParameters] EventQuery query, GrainLookup grains, ProducerPool producers,
        IOptions<HttpApiOptions> options, TimeProvider time, CancellationToken cancellationToken)
    {
        var definition = await grains.DefinitionAsync(stream, cancellationToken);
        var named = NameOf(query, definition);
        var offers = IngestLane.Offers(options.Value.IngestPatience, time);
        var detail = ApiWord.Parse<ScoreDetail>("scores", query.Scores) ?? ScoreDetail.All;
        var session = new IngestSession(definition, detail, options.Value, time, Open)
        {
            NamesItsProducer = named is not null,
            Partition = query.Partition,
            IsBackFill = query.BackFill ?? false,
            IsStrict = query.Strict ?? false,
        };
        await using var decoder = await DecoderAsync(context.Request, definition, cancellationToken);
        var reply = await session.RunAsync(decoder, cancellationToken);
        if (named is null)
            foreach (var lane in session.Lanes) producers.Return(new PartitionId(stream, lane.Partition), lane.Producer);
        return TypedResults.Ok(reply);

        IngestLane Open(int partition, IngestSession owner) => new(
            grains.Partition(stream, partition), partition, named ?? producers.Rent(new PartitionId(stream, partition)), owner, offers);
    }

    /// <summary>The producer that the caller names; null when it names none.</summary>
    private static ProducerLease? NameOf(EventQuery query, StreamDefinition definition)
    {
        if (query.Partition is { } partition && (partition < 0 || partition >= definition.Partitions))
            throw Problems.Parameter("partition", partition, $"stream \"{definition.Name}\" has 0 to {definition.Partitions - 1}");
        if (query.IdempotencyKey is { } key)
        {
            if (query.Producer is not null)
                throw Problems.Parameter("producer", query.Producer, "use either an Idempotency-Key or producer and sequence");
            if (key.Length is 0 or > MaxIdempotencyKeyLength)
                throw Problems.Parameter("Idempotency-Key", key, $"use 1 to {MaxIdempotencyKeyLength} characters");
            return new ProducerLease(KeyPrefix + key, 0);
        }

        if (query.Producer is not { } producer)
            return query.Sequence is null ? null : throw Problems.Parameter("sequence", query.Sequence, "name the producer too");
        if (producer.Length is 0 or > MaxProducerLength)
            throw Problems.Parameter("producer", producer, $"use 1 to {MaxProducerLength} characters");
        if (query.Sequence is not >= 0) throw Problems.Parameter("sequence", query.Sequence, "number the events 0, 1, 2, …");
        if (definition.Partitions > 1 && query.Partition is null)
            throw Problems.Parameter("partition", null, "sequences are counted per partition: name the partition too");
        return new ProducerLease(producer, query.Sequence.Value);
    }

    private static async Task<IEventDecoder> DecoderAsync(
        HttpRequest request, StreamDefinition definition, CancellationToken cancellationToken)
    {
        _ = MediaTypeHeaderValue.TryParse(request.ContentType, out var type);
        if (type?.Charset is { HasValue: true } charset && !charset.Equals(Encoding.UTF8.WebName, StringComparison.OrdinalIgnoreCase))
            throw Unsupported(request.ContentType);
        var body = new LineGuardStream(request.Body, MaxLineBytes);
        return type?.MediaType.Value?.ToLowerInvariant() switch
        {
            Csv => await CsvDecoder.OpenAsync(body, definition, cancellationToken),
            Ndjson or "application/jsonl" => new NdjsonDecoder(body, definition),
            Json => new JsonArrayDecoder(request.Body, definition, cancellationToken),
            _ => throw Unsupported(request.ContentType),
        };
    }

    private static ApiException Unsupported(string? contentType) => new(
        StatusCodes.Status415UnsupportedMediaType, "unsupported-media-type", "The body's type is not supported",
        $"Content-Type \"{contentType}\": use {Csv}, {Ndjson} or {Json}, in UTF-8");

    private sealed record BodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}
