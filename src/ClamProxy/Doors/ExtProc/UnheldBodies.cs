namespace ClamProxy.Doors.ExtProc;

/// <summary>What becomes of bodies in modes that cannot hold them back.</summary>
public enum UnheldBodies
{
    /// <summary>They are answered with an immediate 500.</summary>
    Refuse = 0,

    /// <summary>They pass while they are scanned; a bad verdict breaks them off.</summary>
    Allow,
}
