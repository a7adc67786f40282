namespace ClamProxy.Core.Tests.Architecture;

/// <summary>
/// The picture of docs/architecture.md as a table: which folder may use which. No arrow points up, and none leads in a circle.
/// </summary>
public sealed class FolderArrowTests
{
    /// <summary>From the top of the picture to its bottom: a folder uses only what stands below it.</summary>
    private static readonly (string Folder, string Uses)[] Core =
    [
        (
            "Uploads",
            "Admission Compression Download Failures Fetching Files Intake Messages Scanning Settings Spool Verdicts"),
        (
            "Messages",
            "Admission Compression Download Failures Fetching Files Intake Policies Requests Scanning Settings Spool Verdicts"),
        (
            "Buckets",
            "Admission Deliveries Events Failures Intake Jobs Names Objects Overview Redis Scanning Settings Spool Sqlite "
                + "Verdicts Webhooks"),
        (
            "Jobs",
            "Admission Clamd Download Events Failures Fetching Files Names Objects Overview Redis Scanning Settings Sqlite "
                + "Verdicts Webhooks"),
        (
            "Fetching",
            "Admission Compression Deliveries Download Failures Files Intake Leases Overview Policies Requests Scanning Settings Spool "
                + "Store Unproved Verdicts"),
        (
            "Scanning",
            "Admission Archives Clamd Compression Deliveries Failures Files Intake Leases Overview Policies Requests Settings Verdicts"),
        ("Events", "Deliveries Download Names Settings Sqlite Verdicts Webhooks"),
        ("Deliveries", "Names Overview Redis Requests Settings Sqlite Verdicts"),
        ("Unproved", "Admission Download Files Redis Settings"),
        ("Objects", "Admission Download Failures Files Intake Settings Spool"),
        ("Webhooks", "Download Failures Names"),
        ("Download", "Admission Failures Intake Names Requests Settings Tls"),
        ("Intake", "Admission Failures Files Settings Spool"),
        ("Store", "Files Settings Verdicts"),
        ("Leases", "Redis Settings Verdicts"),
        ("Policies", "Settings Verdicts"),
        ("Overview", "Verdicts"),
        ("Verdicts", "Redis Settings"),
        ("Spool", "Admission Failures Files Settings"),
        ("Archives", "Compression Files Settings"),
        ("Clamd", "Admission Files Names Settings"),
        ("Redis", "Names Settings Tls"),
        ("Names", "Settings"),
        ("Tls", ""),
        ("Compression", "Files"),
        ("Admission", ""),
        ("Files", ""),
        ("Failures", ""),
        ("Settings", ""),
        ("Requests", ""),
        ("Sqlite", ""),
    ];

    private const string CoreProject = "src/ClamProxy.Core";
    private const string HostProject = "src/ClamProxy";

    [Fact]
    public void CoreFolder_UsesOnlyWhatThePictureSays()
    {
        var allowed = Core.ToDictionary(row => row.Folder, row => row.Uses.Split(' '));
        var wrong = SourceFolder.Of(CoreProject).SelectMany(folder => folder.Uses("ClamProxy.Core")
            .Where(use => !allowed.TryGetValue(folder.Name, out var uses) || !uses.Contains(use.Name))
            .Select(use => $"{folder.Name}/{use.File} uses {use.Name}"));

        Assert.Empty(wrong);
    }

    [Fact]
    public void CoreFolder_HasARowInThePicture() =>
        Assert.Empty(SourceFolder.Of(CoreProject).Select(folder => folder.Name).Except(Core.Select(row => row.Folder)));

    [Fact]
    public void ArrowInThePicture_IsThereInTheCode()
    {
        var used = SourceFolder.Of(CoreProject)
            .ToDictionary(folder => folder.Name, folder => folder.Uses("ClamProxy.Core").Select(use => use.Name).ToHashSet());
        var stale = Core.SelectMany(row => row.Uses.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Where(name => !used.TryGetValue(row.Folder, out var names) || !names.Contains(name))
            .Select(name => $"{row.Folder} -> {name}"));

        Assert.Empty(stale.Concat(Core.Select(row => row.Folder).Except(used.Keys)));
    }

    [Fact]
    public void Picture_HasNoArrowUpAndSoNoCircle()
    {
        var order = Core.Select(row => row.Folder).ToList();
        var up = Core.SelectMany(row => row.Uses.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Where(used => order.IndexOf(used) <= order.IndexOf(row.Folder))
            .Select(used => $"{row.Folder} -> {used}"));

        Assert.Empty(up);
    }

    [Fact]
    public void Namespace_IsTheFolder() =>
        Assert.Empty(SourceFolder.Of(CoreProject).SelectMany(folder => folder.Misplaced("ClamProxy.Core"))
            .Concat(SourceFolder.Of(HostProject).SelectMany(folder => folder.Misplaced("ClamProxy"))));

    [Fact]
    public void Core_NamesNothingOfTheHostAndNoServer()
    {
        var host = SourceFolder.Of(HostProject).Select(folder => folder.Name).ToHashSet();
        Assert.Empty(SourceFolder.Of(CoreProject).SelectMany(folder => folder.Uses("ClamProxy").Where(use => host.Contains(use.Name))
            .Concat(folder.Uses("Microsoft").Where(use => use.Name == "AspNetCore"))
            .Select(use => $"{folder.Name}/{use.File} uses {use.Name}")));
    }

    /// <summary>A door translates its own protocol; what two of them need belongs into a folder that both use.</summary>
    [Fact]
    public void Doors_DoNotKnowEachOther() =>
        Assert.Empty(
            SourceFolder.Of($"{HostProject}/Doors").SelectMany(
                door => door.Uses("ClamProxy.Doors").Select(use => $"{door.Name}/{use.File} uses {use.Name}")));
}
