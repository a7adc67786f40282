namespace ClamProxy.Doors.Icap.Protocol;

/// <summary>Why a request is not answered as it was meant.</summary>
/// <param name="Status">The ICAP status (RFC 3507 §4.3.3).</param>
/// <param name="Detail">One sentence for whoever reads the client's or our log.</param>
internal sealed record IcapFault(int Status, string Detail)
{
    public string Phrase => Status switch
    {
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "ICAP Service Not Found",
        405 => "Method Not Allowed For Service",
        408 => "Request Timeout",
        501 => "Method Not Implemented",
        503 => "Service Overloaded",
        505 => "ICAP Version Not Supported",
        _ => "Server Error",
    };

    public static IcapFault BadRequest(string detail) => new(400, detail);
}
