@{
    # A module of its own: a class needs a script module, and what PowerShell needs to compile three of them would be a tenth to a fifth of
    # each import of PandoraSync. DSC finds a class by the script module that it is in, and nowhere else.
    RootModule           = 'PandoraSync.Dsc.psm1'
    ModuleVersion        = '0.1.0' # the same as that of PandoraSync; the build checks it
    GUID                 = '0f5b7d0c-6a52-4d0a-9a51-3f3c2e0d7b54'
    Author               = 'The PandoraSync maintainers'
    Copyright            = 'MIT licence'
    Description          = 'DSC resources for PandoraSync: its services, a Tentacle server''s buffer, and the certificates between both ends.'
    PowerShellVersion    = '5.1'
    CompatiblePSEditions = @('Desktop', 'Core')
    RequiredModules      = @('PandoraSync')
    FunctionsToExport    = @()
    CmdletsToExport      = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    DscResourcesToExport = @('PandoraSyncService', 'TentacleBuffer', 'TentacleCertificate')
    PrivateData          = @{
        PSData = @{
            Tags         = @('PandoraFMS', 'Tentacle', 'monitoring', 'DSC', 'DSCResource', 'PSEdition_Core', 'PSEdition_Desktop', 'Windows', 'Linux', 'MacOS')
            LicenseUri   = 'https://opensource.org/license/mit'
            ReleaseNotes = 'The first release.'
        }
    }
}
