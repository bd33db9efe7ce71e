namespace DagmmStream.Silo.Tests.Api;

/// <summary>Tests that share the silo of <see cref="ApiFixture"/>.</summary>
[CollectionDefinition(Name)]
public sealed class ApiCollection : ICollectionFixture<ApiFixture>
{
    public const string Name = "api";
}
