namespace DagmmStream.Silo.Tests.Sdk;

/// <summary>The suites of both transports share one silo.</summary>
[CollectionDefinition(Name)]
public sealed class SdkCollection : ICollectionFixture<SdkFixture>
{
    public const string Name = "sdk";
}
