using System.Collections.Immutable;

namespace DagmmStream.Client.Tests.Fakes;

/// <summary>A catalog in memory.</summary>
internal sealed class FakeCatalog : ICatalogGrain
{
    private readonly Dictionary<string, StreamDefinition> _streams = [];

    /// <summary>Calls that fail as transient before one succeeds.</summary>
    public int TransientFailures { get; set; }

    public Task<bool> CreateAsync(StreamDefinition definition, CancellationToken cancellationToken = default)
    {
        if (TransientFailures-- > 0) throw new TimeoutException("no answer");
        return Task.FromResult(_streams.TryAdd(definition.Name, definition));
    }

    public Task<StreamDefinition?> FindAsync(string name, CancellationToken cancellationToken = default) =>
        Task.FromResult(_streams.GetValueOrDefault(name));

    public Task<ImmutableArray<StreamDefinition>> ListAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult(_streams.Values.OrderBy(stream => stream.Name, StringComparer.Ordinal).ToImmutableArray());

    public Task<StreamDefinition> UpdatePolicyAsync(
        string name, StreamPolicy policy, CancellationToken cancellationToken = default) =>
        Task.FromResult(_streams[name] = policy.ApplyTo(_streams[name]));

    public Task<bool> DeleteAsync(string name, CancellationToken cancellationToken = default) => Task.FromResult(_streams.Remove(name));
}
