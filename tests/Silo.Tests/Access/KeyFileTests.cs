using DagmmStream.Silo.Access;
using Microsoft.Extensions.Time.Testing;

namespace DagmmStream.Silo.Tests.Access;

public class KeyFileTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Create_Key_OnlyItsHashIsStored()
    {
        using var folder = new TempFolder();
        var file = new KeyFile(folder.File("keys.json"), _time);
        var key = file.Create("ops", [ApiScope.Admin]);
        var text = File.ReadAllText(folder.File("keys.json"));
        Assert.DoesNotContain(key, text, StringComparison.Ordinal);
        Assert.DoesNotContain(key.Split('_', 3)[2], text, StringComparison.Ordinal);
        Assert.Contains(ApiKeySecret.Hash(key), text, StringComparison.Ordinal);
        Assert.True(ApiKeySecret.Matches(key, Assert.Single(file.Read()).Hash));
    }

    [Fact]
    public void Create_File_IsReadableByItsOwnerAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Unix permissions");
        using var folder = new TempFolder();
        new KeyFile(folder.File("keys.json"), _time).Create("ops", [ApiScope.Read]);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.File("keys.json")));
    }

    [Fact]
    public void Create_TwoKeys_AreDifferentAndLong()
    {
        var (first, second) = (ApiKeySecret.New(), ApiKeySecret.New());
        Assert.NotEqual(first.Key, second.Key);
        Assert.Equal(43, first.Key.Split('_', 3)[2].Length);
        Assert.Equal(first.Id, ApiKeySecret.IdOf(first.Key));
    }

    [Fact]
    public void Rotate_Key_OldOneOpensUntilTheGraceIsOver()
    {
        using var folder = new TempFolder();
        var file = new KeyFile(folder.File("keys.json"), _time);
        file.Create("ops", [ApiScope.Ingest], "pump-");
        var old = Assert.Single(file.Read());
        var next = file.Rotate(old.Id, TimeSpan.FromHours(1));
        Assert.NotNull(next);
        var keys = file.Read();
        Assert.Equal(2, keys.Length);
        Assert.All(keys, key => Assert.True(key.IsActive(_time.GetUtcNow())));
        Assert.Equal(("pump-", ApiScope.Ingest), (keys[1].StreamPrefix, Assert.Single(keys[1].Scopes)));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal([false, true], keys.Select(key => key.IsActive(_time.GetUtcNow())));
    }

    [Fact]
    public void Revoke_Unknown_IsFalse()
    {
        using var folder = new TempFolder();
        var file = new KeyFile(folder.File("keys.json"), _time);
        file.Create("ops", [ApiScope.Read]);
        Assert.False(file.Revoke("00000000"));
        Assert.True(file.Revoke(file.Read()[0].Id));
        Assert.Empty(file.Read());
    }

    [Fact]
    public void Read_BrokenFile_SaysWhichAndWhatToDo()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("keys.json"), "{");
        var e = Assert.Throws<InvalidDataException>(() => new KeyFile(folder.File("keys.json"), _time).Read());
        Assert.Contains("keys.json", e.Message, StringComparison.Ordinal);
    }
}
