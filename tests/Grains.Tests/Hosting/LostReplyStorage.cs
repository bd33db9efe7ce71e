using DagmmStream.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Storage;

namespace DagmmStream.Grains.Tests.Hosting;

/// <summary>Grain storage whose next writes happen and are not confirmed: the caller gets a timeout and keeps its old ETag.</summary>
internal sealed class LostReplyStorage(IGrainStorage inner) : IGrainStorage, ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>Writes of checkpoints that are still to lose their reply.</summary>
    public int Lost { get; set; }

    /// <summary>Puts it before the checkpoints' storage of a silo.</summary>
    public static void Decorate(IServiceCollection services)
    {
        var real = services.Last(service =>
            service.ServiceType == typeof(IGrainStorage) && Equals(service.ServiceKey, CheckpointStorage.Name));
        services.Remove(real);
        services.AddKeyedSingleton<IGrainStorage>(CheckpointStorage.Name, (provider, key) =>
            new LostReplyStorage((IGrainStorage)real.KeyedImplementationFactory!(provider, key)));
    }

    public static LostReplyStorage Of(SiloFixture silo) =>
        (LostReplyStorage)silo.Services.GetRequiredKeyedService<IGrainStorage>(CheckpointStorage.Name);

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        inner.ReadStateAsync(stateName, grainId, grainState);

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (Lost == 0 || !stateName.StartsWith("checkpoint", StringComparison.Ordinal))
        {
            await inner.WriteStateAsync(stateName, grainId, grainState);
            return;
        }

        Lost--;
        await inner.WriteStateAsync(
            stateName, grainId, new GrainState<T>(grainState.State, grainState.ETag) { RecordExists = grainState.RecordExists });
        throw new TimeoutException("the write happened; its reply was lost");
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        inner.ClearStateAsync(stateName, grainId, grainState);

    public void Participate(ISiloLifecycle observer) => (inner as ILifecycleParticipant<ISiloLifecycle>)?.Participate(observer);
}
