//! The recipes of the guide "Accounts", on SQLite, PostgreSQL and MariaDB or MySQL.

mod administrators;
mod deleted;
mod first_password;
mod history;
mod host;
mod invitations;
mod lock_out;
mod notices;
mod second_factor;
mod signed_in;
mod tenants;

macro_rules! recipes {
    ($($of:ident: $($recipe:ident)+;)+) => {
        mod sqlite {
            $($(#[tokio::test]
            async fn $recipe() {
                super::host::on_sqlite(super::$of::$recipe).await;
            })+)+
        }
        mod postgres {
            $($(#[tokio::test]
            async fn $recipe() {
                super::host::on_postgres(super::$of::$recipe).await;
            })+)+
        }
        mod mysql {
            $($(#[tokio::test]
            async fn $recipe() {
                super::host::on_mysql(super::$of::$recipe).await;
            })+)+
        }
    };
}

recipes! {
    lock_out:
        a_reset_ends_a_lock_out_and_verifies_the_address
        an_invitation_activates_the_account
        a_password_that_is_rejected_or_not_committed_ends_no_lock_out
        a_signed_in_change_ends_a_lock_out_and_verifies_no_address;
    administrators:
        an_account_that_must_reset_signs_in_only_with_a_new_password
        an_administrator_learns_whether_the_mail_was_sent_and_never_the_link;
    second_factor:
        a_second_factor_is_passed_with_this_link_before_the_password_is_typed
        a_factor_that_is_added_kills_the_link_where_the_stamp_counts_credentials;
    history:
        none_of_the_last_four_passwords_is_taken_again;
    notices:
        a_notice_goes_to_every_address_and_a_link_to_one;
    tenants:
        a_link_of_one_tenant_is_unknown_to_the_other
        a_purpose_alone_keeps_tenants_apart
        each_tenant_is_mailed_by_its_own_sender;
    deleted:
        a_deleted_account_gets_no_mail_and_its_links_are_dead_at_once
        a_deletion_between_the_form_and_the_commit_comes_first;
    first_password:
        an_account_without_a_password_sets_one_by_a_request_where_that_is_allowed
        an_account_without_a_password_is_told_how_it_signs_in_where_that_is_chosen
        an_account_without_a_password_is_invited;
    invitations:
        a_password_set_on_another_path_ends_an_invitation
        a_passkey_that_changes_the_stamp_ends_an_invitation
        an_invitation_is_withdrawn_by_revoking_it_or_by_letting_the_account_reset_no_more;
    signed_in:
        a_signed_in_change_ends_sessions_and_links_with_a_ledger_and_without
        a_signed_in_change_of_a_password_that_has_since_changed_is_refused
        a_signed_in_change_goes_by_the_stamp_where_there_is_one
        an_account_without_a_password_adds_one_while_it_is_signed_in
        a_key_that_a_statement_of_the_hosts_finds_taken_is_named_and_nothing_changes;
}
