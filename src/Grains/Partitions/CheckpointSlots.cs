using DagmmStream.Modeling.Checkpoints;

namespace DagmmStream.Grains.Partitions;

/// <summary>
/// Two grain states that take turns: while one checkpoint is written the other stays whole, and the journal is kept for the older of the
/// two.
/// A damaged checkpoint therefore costs a longer replay and nothing else.
/// </summary>
internal sealed class CheckpointSlots
{
    private readonly IPersistentState<CheckpointState>[] _slots;
    private readonly long[] _offsets = [0, 0];
    private int _newest = 1;

    public CheckpointSlots(IPersistentState<CheckpointState> first, IPersistentState<CheckpointState> second) => _slots = [first, second];

    /// <summary>Events below this offset are in both checkpoints: the journal below it may go.</summary>
    public long SafeOffset => Math.Min(_offsets[0], _offsets[1]);

    /// <summary>Finds the newest checkpoint that can be read.</summary>
    /// <param name="decode">Decodes a payload; throws <see cref="CheckpointException"/> when it is damaged.</param>
    /// <param name="damaged">Told of every checkpoint that cannot be read.</param>
    /// <returns>The checkpoint; null to start from nothing, with the whole journal.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.StoreDamaged"/> or <see cref="ErrorCode.StoreVersion"/> when no
    /// checkpoint
    /// can be read and the journal does not reach back to the beginning.</exception>
    public async Task<PartitionCheckpoint?> LoadAsync(Func<byte[], PartitionCheckpoint> decode, Action<CheckpointException> damaged)
    {
        PartitionCheckpoint? newest = null;
        CheckpointException? failure = null;
        await FillAsync();
        var empty = 0;
        for (var i = 0; i < _slots.Length; i++)
        {
            var payload = _slots[i].State.Payload;
            _slots[i].State.Payload = [];
            if (payload.Length == 0)
            {
                // A slot that is there but was not carried along keeps the journal from offset 0 on, until it is written again.
                if (!_slots[i].RecordExists) empty++;
                continue;
            }

            try
            {
                var checkpoint = decode(payload);
                _offsets[i] = checkpoint.Offset;
                if (newest is not null && newest.Offset >= checkpoint.Offset) continue;
                newest = checkpoint;
                _newest = i;
            }
            catch (CheckpointException exception)
            {
                damaged(exception);
                failure = exception;
                _newest = 1 - i;
            }
        }

        // A slot that was never written stands for the checkpoint of the empty stream: the journal then goes back to offset 0.
        if (newest is not null || failure is null || empty > 0) return newest;
        throw new DagmmStreamException(
            failure.Failure == CheckpointFailure.NewerVersion ? ErrorCode.StoreVersion : ErrorCode.StoreDamaged,
            $"neither checkpoint of this partition can be read ({failure.Message}); restore the store from a backup, or delete the stream");
    }

    /// <summary>
    /// Puts the newest checkpoint's bytes back into its slot, which a migration takes along with its ETag.
    /// </summary>
    /// <param name="payload">The bytes of the newest checkpoint.</param>
    public void Carry(byte[] payload) => _slots[_newest].State = new CheckpointState { Payload = payload };

    /// <summary>Writes a checkpoint over the older one.</summary>
    public async Task WriteAsync(byte[] payload, long offset)
    {
        var slot = 1 - _newest;
        var state = _slots[slot];
        state.State = new CheckpointState { Payload = payload };
        await state.WriteStateAsync();
        state.State = new CheckpointState();
        _offsets[slot] = offset;
        _newest = slot;
    }

    /// <summary>
    /// A migration takes the slots along as they stand: only the one that was filled for it has its bytes. Where none has, both are read.
    /// </summary>
    private async Task FillAsync()
    {
        if (Array.Exists(_slots, slot => slot.State.Payload.Length > 0)) return;
        foreach (var slot in _slots)
            if (slot.RecordExists) await slot.ReadStateAsync();
    }

    /// <summary>Erases both checkpoints.</summary>
    public async Task ClearAsync()
    {
        foreach (var slot in _slots)
            if (slot.RecordExists) await slot.ClearStateAsync();
    }
}
