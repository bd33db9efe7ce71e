using System.Collections.Immutable;

namespace DagmmStream.Bench.EndToEndEcho;

/// <summary>Keeps definitions in memory.</summary>
internal sealed class EchoCatalogGrain : Grain, ICatalogGrain
{
    private readonly Dictionary<string, StreamDefinition> _streams = [];

    public Task<bool> CreateAsync(StreamDefinition definition, CancellationToken cancellationToken) =>
        Task.FromResult(_streams.TryAdd(definition.Name, definition));

    public Task<StreamDefinition?> FindAsync(string name, CancellationToken cancellationToken) =>
        Task.FromResult(_streams.GetValueOrDefault(name));

    public Task<ImmutableArray<StreamDefinition>> ListAsync(CancellationToken cancellationToken) =>
        Task.FromResult(_streams.Values.ToImmutableArray());

    public Task<bool> DeleteAsync(string name, CancellationToken cancellationToken) => Task.FromResult(_streams.Remove(name));

    public Task<StreamDefinition> UpdatePolicyAsync(string name, StreamPolicy policy, CancellationToken cancellationToken) =>
        throw new NotSupportedException("echo");
}
