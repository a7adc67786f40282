namespace ClamProxy.Doors.Api;

/// <summary>What <c>POST /scan/url</c> takes.</summary>
/// <param name="Url">An absolute http or https URL.</param>
/// <param name="Priority">high or normal; null: normal.</param>
/// <param name="Callback">Whom to tell of the result; null: nobody.</param>
internal sealed record ScanUrlBody(string? Url, string? Priority, string? Callback = null);
