@{
    RootModule           = 'PandoraSync.Cmdlets.dll'
    ModuleVersion        = '0.1.0' # the same as VersionPrefix in Directory.Build.props; the build checks it
    GUID                 = 'b388a0e5-7ea3-4dc6-ae95-077f067ed88d'
    Author               = 'The PandoraSync maintainers'
    Copyright            = 'MIT licence'
    Description          = 'Collects monitoring data over the Tentacle protocol from networks that a Pandora FMS server cannot be reached from.'
    PowerShellVersion    = '5.1'
    CompatiblePSEditions = @('Desktop', 'Core')
    FormatsToProcess     = @('PandoraSync.Format.ps1xml')
    FunctionsToExport    = @()
    AliasesToExport      = @()
    VariablesToExport    = @()
    CmdletsToExport      = @(
        'Get-PandoraSyncConfiguration'
        'Get-PandoraSyncHistory'
        'Get-PandoraSyncService'
        'Get-PandoraSyncStatus'
        'Get-TentacleFile'
        'Get-TentacleServer'
        'Get-TentacleSession'
        'Invoke-PandoraSync'
        'New-TentacleCertificate'
        'New-TentacleSession'
        'Receive-TentacleBuffer'
        'Register-PandoraSyncService'
        'Remove-TentacleFile'
        'Remove-TentacleSession'
        'Send-TentacleFile'
        'Start-TentacleServer'
        'Stop-TentacleServer'
        'Test-TentacleServer'
        'Unregister-PandoraSyncService'
    )
    PrivateData          = @{
        PSData = @{
            Tags         = @('PandoraFMS', 'Tentacle', 'monitoring', 'PSEdition_Core', 'PSEdition_Desktop', 'Windows', 'Linux', 'MacOS')
            LicenseUri   = 'https://opensource.org/license/mit'
            ReleaseNotes = 'The first release: buffers, drains into the incoming directory, certificates, and the tools to look inside.'
        }
    }
}
