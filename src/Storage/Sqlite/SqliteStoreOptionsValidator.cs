using Microsoft.Extensions.Options;

namespace DagmmStream.Storage.Sqlite;

/// <summary>Names every option that is out of range, with its value.</summary>
public sealed class SqliteStoreOptionsValidator : IValidateOptions<SqliteStoreOptions>
{
    private const int MaxCapacity = 1 << 20;
    private const int MaxGroupLimit = 1 << 16;
    private static readonly TimeSpan MinBusyTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxBusyTimeout = TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, SqliteStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        const string section = SqliteStoreOptions.SectionName;
        var errors = new List<string>();
        if (string.IsNullOrWhiteSpace(options.Path)) errors.Add($"{section}:Path = \"{options.Path}\": name a file");
        if (!Enum.IsDefined(options.Synchronous)) errors.Add($"{section}:Synchronous = {options.Synchronous}: use Normal or Full");
        if (options.QueueCapacity is < 1 or > MaxCapacity)
            errors.Add($"{section}:QueueCapacity = {options.QueueCapacity}: use 1 to {MaxCapacity} batches");
        if (options.MaxGroup is < 1 or > MaxGroupLimit)
            errors.Add($"{section}:MaxGroup = {options.MaxGroup}: use 1 to {MaxGroupLimit} batches");
        if (options.BusyTimeout < MinBusyTimeout || options.BusyTimeout > MaxBusyTimeout)
            errors.Add($"{section}:BusyTimeout = {options.BusyTimeout}: use {MinBusyTimeout} to {MaxBusyTimeout}");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
