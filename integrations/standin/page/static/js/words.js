// Slack's error words, as sentences for the person who meets them.

const SAID = {
  operation_timeout: "the app did not answer within 3 seconds (operation_timeout)",
  dispatch_failed: "the app could not be reached or refused it (dispatch_failed)",
  dispatch_unknown_error: "the app answered with an error (dispatch_unknown_error)",
  invalid_command: "Slack knows no such command (invalid_command)",
  not_in_channel: "you are not in that channel (not_in_channel)",
  user_not_found: "nobody here has that name (user_not_found)",
  already_in_channel: "they are in the channel already (already_in_channel)",
  not_our_app: "that message belongs to another app (not_our_app)",
  account_inactive: "this account is deactivated (account_inactive)",
  no_such_element: "that button is no longer there (no_such_element)",
};

export const inWords = (error) => SAID[error] ?? error;
