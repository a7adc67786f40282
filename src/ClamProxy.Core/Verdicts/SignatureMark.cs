namespace ClamProxy.Core.Verdicts;

/// <summary>What tells that signatures without a number changed while no process was there to see it.</summary>
public enum SignatureMark
{
    /// <summary>The operator's setting SIGNATURE_REVISION.</summary>
    Revision = 0,

    /// <summary>The files of SIGNATURE_FOLDER.</summary>
    Folder,
}
