using DagmmStream.Storage.Journal;

namespace DagmmStream.Grains.Partitions;

/// <content>
/// What a partition takes along when it moves. Its checkpoint goes with the slots; events beyond it are in the journal, or, where the
/// stream has none, in the luggage.
/// </content>
internal sealed partial class PartitionGrain : IGrainMigrationParticipant
{
    private const string LuggageKey = "dagmm.carried-events";

    private CarriedBatch[] _luggage = [];
    private Task _lastScores = Task.CompletedTask;

    public void OnDehydrate(IDehydrationContext dehydrationContext)
    {
        if (_luggage.Length > 0) dehydrationContext.TryAddValue(LuggageKey, _luggage);
    }

    public void OnRehydrate(IRehydrationContext rehydrationContext)
    {
        if (rehydrationContext.TryGetValue<CarriedBatch[]>(LuggageKey, out var luggage) && luggage is not null) _luggage = luggage;
    }

    /// <summary>Packs what the next activation goes on with; the pump has ended.</summary>
    /// <param name="checkpoint">Bytes of the newest checkpoint.</param>
    /// <param name="cancellationToken">Ends the wait for scores on their way to the store.</param>
    private async Task PackAsync(byte[] checkpoint, CancellationToken cancellationToken)
    {
        if (_policy.Offset > 0) _slots.Carry(checkpoint);
        if (_definition.Durability == Durability.Journaled) return;
        _luggage =
        [
            .. _trainer.NotTrained().Select(batch => new CarriedBatch
            {
                FirstOffset = batch.FirstOffset,
                Count = batch.Count,
                Producer = batch.Producer,
                FirstSequence = batch.FirstSequence,
                SamplingRate = batch.SamplingRate,
                Features = batch.Features.ToArray(),
            }),
        ];

        // Nobody has waited for them, and the next activation's epoch shuts them out.
        await Task.WhenAny(_lastScores, Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken));
    }

    /// <summary>What was admitted before the move, as a journal would have it.</summary>
    private JournalRecord[] Unpack()
    {
        JournalRecord[] records =
        [
            .. _luggage.Select(batch => new JournalRecord
            {
                FirstOffset = batch.FirstOffset,
                Count = batch.Count,
                Producer = batch.Producer,
                FirstSequence = batch.FirstSequence,
                SamplingRate = batch.SamplingRate,
                Features = batch.Features,
            }),
        ];
        _luggage = [];
        return records;
    }
}
