namespace DagmmStream.Browser.Tests;

/// <summary>Tests that share the browser and the silo of <see cref="BrowserFixture"/>.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserCollection : ICollectionFixture<BrowserFixture>
{
    public const string Name = "browser";
}
