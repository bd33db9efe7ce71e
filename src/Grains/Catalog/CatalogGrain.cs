using System.Collections.Immutable;
using DagmmStream.Grains.Decisions;
using DagmmStream.Grains.Inputs;
using DagmmStream.Grains.Rounds;
using DagmmStream.Storage.Alerts;
using DagmmStream.Storage.Catalog;
using DagmmStream.Storage.Models;
using Orleans.Concurrency;

namespace DagmmStream.Grains.Catalog;

/// <summary>The list of streams; keeps nothing in memory, the store is the truth.</summary>
[Reentrant]
internal sealed class CatalogGrain(
    ICatalogStore store, IAlertStore alerts, IModelStore models, IGrainFactory grains) : Grain, ICatalogGrain
{
    public async Task<bool> CreateAsync(StreamDefinition definition, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(definition);
        definition.Validate();
        // Throws when the inputs would be too many.
        _ = new InputColumns(definition);
        if (await store.TryAddAsync(definition, cancellationToken)) return true;
        var existing = await store.FindAsync(definition.Name, cancellationToken);
        // What was changed after the creation is no conflict: a program that creates its stream at every start goes on.
        if (existing?.Equals(definition with { AlarmRate = existing.AlarmRate, Decision = existing.Decision }) != false) return false;
        throw new DagmmStreamException(
            ErrorCode.StreamConflict,
            $"stream \"{definition.Name}\" exists with {Difference(existing, definition)}; use another name, or delete the stream first");
    }

    public Task<StreamDefinition?> FindAsync(string name, CancellationToken cancellationToken) => store.FindAsync(name, cancellationToken);

    public Task<ImmutableArray<StreamDefinition>> ListAsync(CancellationToken cancellationToken) => store.ListAsync(cancellationToken);

    public async Task<StreamDefinition> UpdatePolicyAsync(string name, StreamPolicy policy, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(policy);
        for (;;)
        {
            var before = await store.FindAsync(name, cancellationToken) ?? throw new DagmmStreamException(
                ErrorCode.StreamNotFound, $"there is no stream \"{name}\"; create it with its feature names first");
            var after = policy.ApplyTo(before);
            // Somebody else changed it meanwhile: apply this to what they made of it.
            if (!await store.TryReplaceAsync(before, after, cancellationToken)) continue;
            // A partition that does not answer fails the call, which may be made again; one that is not in memory needs no telling, but
            // finds out the same way.
            await Task.WhenAll(Enumerable.Range(0, after.Partitions).Select(partition =>
                grains.GetGrain<IPartitionPolicy>(new PartitionId(name, partition).ToString()).ReloadPolicyAsync(cancellationToken)));
            return after;
        }
    }

    public async Task<bool> DeleteAsync(string name, CancellationToken cancellationToken)
    {
        var definition = await store.FindAsync(name, cancellationToken);
        if (definition is null) return false;
        // No round may ask partitions that are gone, nor write for a stream that is: it refuses until the stream is out of the catalog.
        if (definition.Partitions > 1) await grains.GetGrain<IRoundCoordinator>(name).DeleteAsync();
        for (var partition = 0; partition < definition.Partitions; partition++)
            await grains.GetGrain<IPartitionGrain>(new PartitionId(name, partition).ToString()).DeleteAsync(cancellationToken);
        await alerts.DeleteAsync(name, cancellationToken);
        await models.DeleteAsync(name, cancellationToken);
        var isRemoved = await store.RemoveAsync(name, cancellationToken);
        if (definition.Partitions > 1) await grains.GetGrain<IRoundCoordinator>(name).DeleteAsync();
        return isRemoved;
    }

    private static string Difference(StreamDefinition existing, StreamDefinition asked)
    {
        if (!existing.Features.AsSpan().SequenceEqual(asked.Features.AsSpan()))
        {
            var at = 0;
            while (at < Math.Min(existing.Features.Length, asked.Features.Length) && existing.Features[at] == asked.Features[at]) at++;
            return $"another schema: {existing.Features.Length} features against {asked.Features.Length}, "
                + $"feature {at} is \"{existing.Features.ElementAtOrDefault(at)}\" against \"{asked.Features.ElementAtOrDefault(at)}\"";
        }

        (string Name, object Existing, object Asked)[] settings =
        [
            (nameof(StreamDefinition.Partitions), existing.Partitions, asked.Partitions),
            (nameof(StreamDefinition.Durability), existing.Durability, asked.Durability),
            (nameof(StreamDefinition.Learning), existing.Learning, asked.Learning),
            (nameof(StreamDefinition.Preset), existing.Preset, asked.Preset),
            (nameof(StreamDefinition.Engine), existing.Engine, asked.Engine),
            (nameof(StreamDefinition.Seed), existing.Seed, asked.Seed),
            (nameof(StreamDefinition.AlarmRate), existing.AlarmRate, asked.AlarmRate),
            (nameof(StreamDefinition.TrainingQueueCapacity), existing.TrainingQueueCapacity, asked.TrainingQueueCapacity),
            (nameof(StreamDefinition.CheckpointInterval), existing.CheckpointInterval, asked.CheckpointInterval),
            (nameof(StreamDefinition.ScoreRetention), existing.ScoreRetention, asked.ScoreRetention),
            (nameof(StreamDefinition.ExplanationRetention), existing.ExplanationRetention, asked.ExplanationRetention),
            (nameof(StreamDefinition.Decision), existing.Decision, asked.Decision),
            (nameof(StreamDefinition.Inputs), existing.Inputs, asked.Inputs),
            (nameof(StreamDefinition.ChooseComponents), existing.ChooseComponents, asked.ChooseComponents),
        ];
        return string.Join(", ", settings.Where(setting => !setting.Existing.Equals(setting.Asked))
            .Select(setting => $"{setting.Name} = {setting.Existing} (asked: {setting.Asked})"));
    }
}
