namespace ClamProxy.Configuration;

/// <summary>What <c>Kestrel:Endpoints</c> names, by the port in whose place each one is opened.</summary>
internal sealed class NamedEndpoints
{
    public const string ManagementName = "Management";
    private const string IcapName = "Icap";
    private const string ExtProcName = "ExtProc";

    private NamedEndpoints(IReadOnlyList<IConfigurationSection> all, DoorOptions doors)
    {
        Icap = doors.Opens(Door.Icap) ? [.. all.Where(endpoint => BeginsWith(endpoint, IcapName))] : [];
        ExtProc = doors.Opens(Door.ExtProc) ? [.. all.Where(endpoint => BeginsWith(endpoint, ExtProcName))] : [];
        var others = all.Except(Icap).Except(ExtProc).ToLookup(
            endpoint => endpoint.Key.Equals(ManagementName, StringComparison.OrdinalIgnoreCase));
        (Clients, HasManagement) = ([.. others[false]], others[true].Any());
    }

    /// <summary>In place of PORT.</summary>
    public IReadOnlyList<IConfigurationSection> Clients { get; }

    /// <summary>In place of ICAP_PORT.</summary>
    public IReadOnlyList<IConfigurationSection> Icap { get; }

    /// <summary>In place of EXT_PROC_PORT.</summary>
    public IReadOnlyList<IConfigurationSection> ExtProc { get; }

    /// <summary>Whether there is one in place of MANAGEMENT_PORT.</summary>
    public bool HasManagement { get; }

    /// <param name="endpoints">The section; null: there is none.</param>
    public static NamedEndpoints Of(IConfiguration? endpoints, DoorOptions doors) => new([.. endpoints?.GetChildren() ?? []], doors);

    private static bool BeginsWith(IConfigurationSection endpoint, string name) =>
        endpoint.Key.StartsWith(name, StringComparison.OrdinalIgnoreCase);
}
