using System.Collections.Concurrent;

namespace DagmmStream.Client.Tests.Fakes;

/// <summary>A service in memory: a catalog and partitions that keep what they accept.</summary>
internal sealed class FakeGrains : IGrainFactory
{
    private readonly ConcurrentDictionary<string, FakePartition> _partitions = new();

    public FakeCatalog Catalog { get; } = new();

    /// <summary>Who answers a question about gateways, by its key.</summary>
    public Func<long, IGatewayGrain> Gateways { get; init; } = _ => throw Unexpected();

    /// <summary>Called before every push; may throw, delay or refuse.</summary>
    public Func<EventBatch, FaultKind> Fault { get; set; } = _ => FaultKind.None;

    public FakePartition Partition(string stream, int partition = 0) =>
        _partitions.GetOrAdd(new PartitionId(stream, partition).ToString(), _ => new FakePartition(this));

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey
    {
        if (typeof(TGrainInterface) == typeof(ICatalogGrain)) return (TGrainInterface)(object)Catalog;
        var id = PartitionId.Parse(primaryKey);
        return (TGrainInterface)(object)Partition(id.Stream, id.Partition);
    }

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidKey => throw Unexpected();

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerKey => (TGrainInterface)Gateways(primaryKey);

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidCompoundKey => throw Unexpected();

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerCompoundKey => throw Unexpected();

    public TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver => throw Unexpected();

    public void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver => throw Unexpected();

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey) => throw Unexpected();

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey) => throw Unexpected();

    public IGrain GetGrain(Type grainInterfaceType, string grainPrimaryKey) => throw Unexpected();

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey, string keyExtension) => throw Unexpected();

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey, string keyExtension) => throw Unexpected();

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId)
        where TGrainInterface : IAddressable => throw Unexpected();

    public IAddressable GetGrain(GrainId grainId) => throw Unexpected();

    public IAddressable GetGrain(GrainId grainId, GrainInterfaceType interfaceType) => throw Unexpected();

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey) => throw Unexpected();

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey, string grainClassNamePrefix) => throw Unexpected();

    private static InvalidOperationException Unexpected() => new("the client asks for grains by other keys only");
}
