namespace ClamProxy.Admin.Scanners;

/// <summary>Which scanner.</summary>
/// <param name="Scanner">Its endpoint, as the list has it; of a name, without the address, all that it leads to. Null: all of them, where
/// that is allowed.</param>
/// <param name="Force">True: drain even the last one that works.</param>
internal sealed record ScannerBody(string? Scanner = null, bool Force = false);
