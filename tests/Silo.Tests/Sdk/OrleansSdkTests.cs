using DagmmStream.Client;

namespace DagmmStream.Silo.Tests.Sdk;

[Collection(SdkCollection.Name)]
public sealed class OrleansSdkTests(SdkFixture service) : SdkConformance(service)
{
    protected override Task<DagmmStreamClient> ConnectAsync(Action<DagmmStreamClientOptions>? configure = null)
    {
        var options = new DagmmStreamClientOptions();
        configure?.Invoke(options);
        return DagmmStreamClient.ConnectAsync(Service.Silo.Endpoint, options, Token);
    }
}
